"""DROP CONSTRAINT: no scan; a foreign key locks both tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phased.facts import changes, questions
from phased.model import Lock
from phased.price import Price, strongest
from phased.syntax.tree import enum

if TYPE_CHECKING:
    from phased.fact import ConstraintFacts, Facts
    from phased.syntax.tree import Node
    from phased.target import Target

COMMANDS = ("AT_DropConstraint",)


def price(command: Node, target: Target, facts: Facts) -> Price:
    """The price of DROP CONSTRAINT."""
    held = questions.constraint(facts, target.name, command.name)
    locks = target.cascading(Lock.ACCESS_EXCLUSIVE)
    if held is not None:
        others = _others(command, held, target, facts)
        locks = strongest(locks, dict.fromkeys(others, Lock.ACCESS_EXCLUSIVE))
    return Price(locks=locks)


def _others(command: Node, held: ConstraintFacts, target: Target, facts: Facts) -> set[str]:
    if held.kind == "f" and held.references:
        return set(questions.family(facts, held.references))
    return {child for child, _ in _depending(command, held, target.name, facts)}


def _depending(
    command: Node, held: ConstraintFacts, table: str, facts: Facts
) -> list[tuple[str, str]]:
    """The foreign keys that CASCADE takes along."""
    if held.kind not in "pu" or enum(command, "behavior") != "DROP_CASCADE":
        return []
    return questions.depending(facts, table, held.columns)


def evolve(command: Node, target: Target, facts: Facts) -> Facts:
    """The facts without the constraint; a primary key leaves its columns NOT NULL."""
    held = questions.constraint(facts, target.name, command.name)
    for child, name in _depending(command, held, target.name, facts) if held else ():
        facts = _without(facts, child, name)
    return changes.each(
        facts,
        target.tables,
        lambda known, table: _without(known, table, command.name),
    )


def _without(facts: Facts, table: str, name: str) -> Facts:
    held = questions.constraint(facts, table, name)
    if held is None:
        return facts
    facts = changes.drop_constraint(facts, table, name)
    for column in held.columns if held.kind == "n" else ():
        facts = changes.set_column(facts, table, column, not_null=False)
    return facts
