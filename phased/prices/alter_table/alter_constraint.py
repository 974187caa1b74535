"""ALTER CONSTRAINT: deferrability is only catalog; ENFORCED checks every row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phased.facts import changes, questions
from phased.model import Lock
from phased.price import Price, strongest

if TYPE_CHECKING:
    from phased.fact import Facts
    from phased.syntax.tree import Node
    from phased.target import Target

COMMANDS = ("AT_AlterConstraint",)


def price(command: Node, target: Target, facts: Facts) -> Price:
    """The price of ALTER CONSTRAINT."""
    wanted = getattr(command, "def").atalter_constraint
    locks = target.cascading(Lock.ACCESS_EXCLUSIVE)
    if not (wanted.alter_enforceability and wanted.is_enforced):
        return Price(locks=locks)
    held = questions.constraint(facts, target.name, wanted.conname)
    if held is not None and held.references:
        locks = strongest(locks, {held.references: Lock.SHARE_ROW_EXCLUSIVE})
    return Price(
        locks=locks,
        scans=questions.stored(facts, target.tables),
        restricts=(f"foreign key {target.name}.{wanted.conname}",),
    )


def evolve(command: Node, target: Target, facts: Facts) -> Facts:
    """The facts with the constraint enforced, which makes it valid, or no longer so."""
    wanted = getattr(command, "def").atalter_constraint
    if not wanted.alter_enforceability:
        return facts
    enforced = bool(wanted.is_enforced)
    return changes.validated(facts, target.name, wanted.conname, valid=enforced)
