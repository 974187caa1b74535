"""VALIDATE CONSTRAINT: scans under a lock that lets reads and writes pass."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phased.facts import changes, questions
from phased.model import Lock
from phased.price import Price, strongest

if TYPE_CHECKING:
    from phased.fact import Facts
    from phased.syntax.tree import Node
    from phased.target import Target

COMMANDS = ("AT_ValidateConstraint",)


def price(command: Node, target: Target, facts: Facts) -> Price:
    """The price of VALIDATE CONSTRAINT."""
    held = questions.constraint(facts, target.name, command.name)
    if held is not None and held.validated:
        return Price(locks=target.alone(Lock.SHARE_UPDATE_EXCLUSIVE))
    locks = target.cascading(Lock.SHARE_UPDATE_EXCLUSIVE)
    if held is not None and held.references:
        family = questions.family(facts, held.references)
        locks = strongest(locks, dict.fromkeys(family, Lock.ROW_SHARE))
    return Price(locks=locks, scans=questions.stored(facts, target.tables))


def evolve(command: Node, target: Target, facts: Facts) -> Facts:
    """The facts with the constraint validated."""
    return changes.each(
        facts,
        target.tables,
        lambda known, table: changes.validated(known, table, command.name),
    )
