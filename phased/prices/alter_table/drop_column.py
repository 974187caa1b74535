"""DROP COLUMN: no scan, but the foreign keys on the column go too, and lock the other table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phased.facts import changes, questions
from phased.model import Lock
from phased.naming import quote
from phased.price import Price, strongest
from phased.syntax.indexes import drop_column

if TYPE_CHECKING:
    from phased.fact import Facts
    from phased.syntax.tree import Node
    from phased.target import Target

COMMANDS = ("AT_DropColumn",)


def price(command: Node, target: Target, facts: Facts) -> Price:
    """The price of DROP COLUMN."""
    if command.missing_ok and _surely_absent(command, target, facts):
        return Price(locks=target.alone(Lock.ACCESS_EXCLUSIVE))
    new = questions.is_new(facts, target.name)
    return Price(
        locks=strongest(
            target.cascading(Lock.ACCESS_EXCLUSIVE),
            dict.fromkeys(_neighbours(command.name, target, facts), Lock.ACCESS_EXCLUSIVE),
            dict.fromkeys(
                questions.sequences(facts, target.name, command.name), Lock.ACCESS_EXCLUSIVE
            ),
        ),
        destroys=() if new else (f"column {target.name}.{quote(command.name)}",),
    )


def _surely_absent(command: Node, target: Target, facts: Facts) -> bool:
    complete = questions.complete(facts, target.name)
    return complete and questions.column(facts, target.name, command.name) is None


def _neighbours(column: str, target: Target, facts: Facts) -> set[str]:
    """The other tables of the foreign keys that go with the column."""
    held = questions.relation(facts, target.name).constraints.values()
    own = {c.references for c in held if c.kind == "f" and column in c.columns and c.references}
    keys = {c.columns for c in held if c.kind in "pu" and column in c.columns}
    if not keys:
        return own
    return own | {child for child, _, _ in questions.referencing(facts, target.name)}


def evolve(command: Node, target: Target, facts: Facts) -> Facts:
    """The facts without the column, and without what it took along."""
    return changes.each(
        facts, target.tables, lambda known, table: drop_column(known, table, command.name)
    )
