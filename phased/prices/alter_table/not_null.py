"""SET NOT NULL scans unless a CHECK proves it; DROP NOT NULL never does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phased.facts import changes, questions
from phased.model import Lock
from phased.naming import quote
from phased.price import Price
from phased.syntax.tree import enum

if TYPE_CHECKING:
    from phased.fact import Facts
    from phased.syntax.tree import Node
    from phased.target import Target

COMMANDS = ("AT_SetNotNull", "AT_DropNotNull")
_LOOKS_FIRST = 18


def price(command: Node, target: Target, facts: Facts) -> Price:
    """The price of SET NOT NULL and DROP NOT NULL."""
    locks = target.cascading(Lock.ACCESS_EXCLUSIVE)
    if enum(command, "subtype") == "AT_DropNotNull":
        return Price(locks=_locks_to_drop(command.name, target, facts))
    unproved = [
        table
        for table in target.tables
        if not questions.proved_not_null(facts, table, command.name)
    ]
    return Price(
        locks=locks,
        scans=questions.stored(facts, unproved),
        restricts=_restricts(command.name, target.name, facts),
    )


def _locks_to_drop(column: str, target: Target, facts: Facts) -> dict[str, Lock]:
    """Since 18, what is nullable already is left alone before its partitions are looked at."""
    held = questions.column(facts, target.name, column)
    known = questions.complete(facts, target.name) and held is not None
    if known and held is not None and not held.not_null and facts.server >= _LOOKS_FIRST:
        return target.alone(Lock.ACCESS_EXCLUSIVE)
    return target.cascading(Lock.ACCESS_EXCLUSIVE)


def _restricts(column: str, table: str, facts: Facts) -> tuple[str, ...]:
    """A CHECK that is NOT VALID judges new rows already; only a column without one restricts."""
    held = questions.column(facts, table, column)
    if questions.is_new(facts, table) or (held is not None and held.not_null):
        return ()
    if questions.proved_not_null(facts, table, column, valid=False):
        return ()
    if questions.is_added(facts, table, (column,)) and questions.is_filled(facts, table, column):
        return ()
    return (f"{table}.{quote(column)} NOT NULL",)


def evolve(command: Node, target: Target, facts: Facts) -> Facts:
    """The facts with the column NOT NULL, or no longer so."""
    wanted = enum(command, "subtype") == "AT_SetNotNull"
    return changes.each(
        facts,
        target.tables,
        lambda known, table: _changed(known, table, command.name, wanted=wanted),
    )


def _changed(facts: Facts, table: str, column: str, *, wanted: bool) -> Facts:
    """A NOT NULL constraint, which 18 gives a name, becomes valid with SET and goes with DROP."""
    facts = changes.set_column(facts, table, column, not_null=wanted)
    for name, held in questions.relation(facts, table).constraints.items():
        if held.kind == "n" and held.columns == (column,):
            if wanted:
                return changes.validated(facts, table, name)
            return changes.drop_constraint(facts, table, name)
    return facts
