"""SET EXPRESSION computes stored columns anew; DROP EXPRESSION keeps what they hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phased.facts import changes, questions
from phased.model import Lock
from phased.price import Price
from phased.syntax.tree import enum

if TYPE_CHECKING:
    from phased.fact import Facts
    from phased.syntax.tree import Node
    from phased.target import Target

COMMANDS = ("AT_SetExpression", "AT_DropExpression")


def price(command: Node, target: Target, facts: Facts) -> Price:
    """The price of the two."""
    held = questions.column(facts, target.name, command.name)
    virtual = held is not None and held.generated == "v"
    rewrites = enum(command, "subtype") == "AT_SetExpression" and not virtual
    stored = questions.stored(facts, target.tables) if rewrites else frozenset()
    return Price(locks=target.cascading(Lock.ACCESS_EXCLUSIVE), scans=stored, rewrites=stored)


def evolve(command: Node, target: Target, facts: Facts) -> Facts:
    """The facts with an ordinary column after DROP EXPRESSION."""
    if enum(command, "subtype") == "AT_SetExpression":
        return facts
    return changes.each(
        facts,
        target.tables,
        lambda known, table: changes.set_column(
            known, table, command.name, generated="", default=None
        ),
    )
