"""ADD CONSTRAINT: scans unless NOT VALID; a foreign key blocks writes on both tables."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from phased.facts import changes, questions
from phased.model import Lock
from phased.naming import quote
from phased.price import Price
from phased.syntax import constraints
from phased.syntax.expressions import passes_null
from phased.syntax.indexes import behind

if TYPE_CHECKING:
    from phased.fact import ConstraintFacts, Facts
    from phased.syntax.tree import Node
    from phased.target import Target

COMMANDS = ("AT_AddConstraint",)
_RECURSES = 18  # before, a unique index was made on partitions as CREATE INDEX makes it


def price(command: Node, target: Target, facts: Facts) -> Price:
    """The price of ADD CONSTRAINT."""
    node = getattr(command, "def").constraint
    name, held = constraints.read(node, target.name, facts)
    unproved = [t for t in target.tables if _scans(node, held, t, facts)]
    new = questions.is_new(facts, target.name)
    return Price(
        locks=_locks(node, held, target, facts),
        scans=questions.stored(facts, unproved),
        restricts=() if new else _restricts(node, name, held, target, facts),
    )


def _locks(node: Node, held: ConstraintFacts, target: Target, facts: Facts) -> dict[str, Lock]:
    if held.kind != "f":
        locks = target.cascading(Lock.ACCESS_EXCLUSIVE)
        if facts.server < _RECURSES and _only_builds(held, target.name, facts):
            locks = target.cascading(Lock.SHARE) | target.alone(Lock.ACCESS_EXCLUSIVE)
        if node.indexname:
            index = questions.sibling(target.name, node.indexname)
            locks[index] = Lock.SHARE_UPDATE_EXCLUSIVE
        return locks
    both = (*target.tables, *questions.family(facts, held.references or ""))
    return dict.fromkeys(both, Lock.SHARE_ROW_EXCLUSIVE)


def _only_builds(held: ConstraintFacts, table: str, facts: Facts) -> bool:
    """Whether nothing but an index is made; a primary key may have to set NOT NULL first."""
    return held.kind == "u" or (held.kind == "p" and _keys_not_null(held, table, facts))


def _scans(node: Node, held: ConstraintFacts, table: str, facts: Facts) -> bool:
    if node.skip_validation or not _enforced(node):
        return False
    if held.kind == "n":
        return not questions.proved_not_null(facts, table, held.columns[0])
    if not node.indexname:
        return True
    return held.kind == "p" and not _keys_not_null(held, table, facts)


def _keys_not_null(held: ConstraintFacts, table: str, facts: Facts) -> bool:
    proved = [questions.proved_not_null(facts, table, column) for column in held.columns]
    return bool(proved) and all(proved)


def _restricts(
    node: Node, name: str, held: ConstraintFacts, target: Target, facts: Facts
) -> tuple[str, ...]:
    table = target.name
    if not _enforced(node) or _spares_old_code(node, held, table, facts):
        return ()
    if held.kind == "n":
        return (f"{table}.{quote(held.columns[0])} NOT NULL",)
    return (f"{constraints.WORDS[held.kind]} {table}.{quote(name)}",)


def _spares_old_code(node: Node, held: ConstraintFacts, table: str, facts: Facts) -> bool:
    """Whether everything that old code writes passes.

    Old code leaves columns out that this revision added, so they hold their default: NULL passes
    where the constraint lets NULL pass; a default passes a CHECK, but repeats itself.
    """
    if node.indexname:
        return held.kind == "u" or _keys_not_null(held, table, facts)
    if held.kind == "n" and questions.proved_not_null(facts, table, held.columns[0], valid=False):
        return True
    return questions.is_added(facts, table, held.columns) and _passes(node, held, table, facts)


def _passes(node: Node, held: ConstraintFacts, table: str, facts: Facts) -> bool:
    """Whether rows that leave all of the columns out pass, even many of them."""
    filled = all(questions.is_filled(facts, table, column) for column in held.columns)
    return {
        "c": filled or (held.kind == "c" and passes_null(node.raw_expr)),
        "f": True,
        "n": filled,
        "u": not filled and not node.nulls_not_distinct,
    }.get(held.kind, False)


def _enforced(node: Node) -> bool:
    return bool(node.is_enforced) or constraints.kind_of(node) not in {"c", "f"}


def evolve(command: Node, target: Target, facts: Facts) -> Facts:
    """The facts with the constraint, and the index that it makes or takes over.

    Partitions get it under the same name, unless it has an index: that needs a name of its own.
    """
    node = getattr(command, "def").constraint
    name, held = constraints.read(node, target.name, facts)
    facts = _with(facts, target.name, name, held, node)
    inherited = held.kind in "cn" and not node.is_no_inherit
    partitioned = questions.relation(facts, target.name).kind == "p"
    for table in target.tables[1:] if inherited or partitioned else ():
        own = (
            name
            if held.index is None
            else constraints.invented(held.kind, table, held.columns, facts)
        )
        index = None if held.index is None else own
        facts = _with(facts, table, own, replace(held, index=index), node)
    return facts


def _with(facts: Facts, table: str, name: str, held: ConstraintFacts, node: Node) -> Facts:
    if node.indexname:
        facts = changes.drop_index(facts, table, node.indexname)
    facts = behind(changes.put_constraint(facts, table, name, held), table, held)
    for column in held.columns if held.kind in "np" else ():
        facts = changes.set_column(facts, table, column, not_null=True)
    return facts
