"""ALTER COLUMN TYPE: rewrites, unless PostgreSQL knows that the rows stay as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phased.facts import changes, questions
from phased.model import Lock
from phased.naming import quote
from phased.price import Price, strongest
from phased.syntax import types
from phased.syntax.casts import Work, change, narrows
from phased.syntax.indexes import depends
from phased.syntax.tree import inner, kind, strings

if TYPE_CHECKING:
    from phased.fact import Facts
    from phased.syntax.tree import Node
    from phased.syntax.types import Type
    from phased.target import Target

COMMANDS = ("AT_AlterColumnType",)


def price(command: Node, target: Target, facts: Facts) -> Price:
    """The price of ALTER COLUMN TYPE."""
    work = {table: _work(command, table, facts) for table in target.tables}
    rewritten = [table for table, found in work.items() if found is Work.REWRITE]
    read = [table for table in target.tables if _reads(command, table, work[table], facts)]
    return Price(
        locks=strongest(
            target.cascading(Lock.ACCESS_EXCLUSIVE),
            dict.fromkeys(_neighbours(command.name, target.name, facts), Lock.ACCESS_EXCLUSIVE),
        ),
        scans=questions.stored(facts, read),
        rewrites=questions.stored(facts, rewritten),
        restricts=_restricts(command, target.name, facts),
    )


def _type(command: Node) -> Type:
    return types.of(getattr(command, "def").column_def.type_name)


def _old(command: Node, table: str, facts: Facts) -> str:
    held = questions.column(facts, table, command.name)
    return held.type if held else ""


def _work(command: Node, table: str, facts: Facts) -> Work:
    column = getattr(command, "def").column_def
    if column.HasField("raw_default") and not _only_casts(column.raw_default, command, facts):
        return Work.REWRITE
    work = change(_old(command, table, facts), _type(command), facts)
    return max(work, Work.INDEXES) if column.HasField("coll_clause") else work


def _only_casts(expression: Node, command: Node, facts: Facts) -> bool:
    """Whether USING is the column itself, or a cast of it to the very type it gets."""
    held = inner(expression)
    if kind(held) == "TypeCast":
        same = types.of(held.type_name) == _type(command)
        return same and _only_casts(held.arg, command, facts)
    return kind(held) == "ColumnRef" and strings(held.fields)[-1] == command.name


def _reads(command: Node, table: str, work: Work, facts: Facts) -> bool:
    """Rows are read to rewrite them, to check a CHECK again, or to build an index again."""
    if work is Work.REWRITE or not questions.complete(facts, table):
        return work is not Work.NOTHING
    held = questions.relation(facts, table)
    checks = any(c.kind == "c" and command.name in c.columns for c in held.constraints.values())
    found = [depends(index, command.name) for index in held.indexes.values()]
    rebuilt = any(special for _, special in found)
    return checks or rebuilt or (work is Work.INDEXES and any(plain for plain, _ in found))


def _neighbours(column: str, table: str, facts: Facts) -> set[str]:
    """The other tables of the foreign keys that the column is part of."""
    held = questions.relation(facts, table).constraints.values()
    own = {c.references for c in held if c.kind == "f" and column in c.columns and c.references}
    keys = any(c.kind in "pu" and column in c.columns for c in held)
    return own | ({child for child, _, _ in questions.referencing(facts, table)} if keys else set())


def _restricts(command: Node, table: str, facts: Facts) -> tuple[str, ...]:
    known = questions.is_new(facts, table) or questions.is_added(facts, table, (command.name,))
    if known or not narrows(_old(command, table, facts), _type(command), facts):
        return ()
    return (f"{table}.{quote(command.name)} TYPE {types.show(_type(command))}",)


def evolve(command: Node, target: Target, facts: Facts) -> Facts:
    """The facts with the column of its new type."""
    printed = types.show(_type(command))
    return changes.each(
        facts,
        target.tables,
        lambda known, table: changes.set_column(known, table, command.name, type=printed),
    )
