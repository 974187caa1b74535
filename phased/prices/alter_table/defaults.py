"""SET DEFAULT and DROP DEFAULT: only the catalog changes; rows keep what they have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phased.facts import changes, questions
from phased.model import Lock
from phased.naming import quote
from phased.price import Price
from phased.syntax.expressions import printed

if TYPE_CHECKING:
    from phased.fact import Facts
    from phased.syntax.tree import Node
    from phased.target import Target

COMMANDS = ("AT_ColumnDefault",)


def price(command: Node, target: Target, facts: Facts) -> Price:
    """The price of SET DEFAULT and DROP DEFAULT."""
    drops = not command.HasField("def")
    return Price(
        locks=target.cascading(Lock.ACCESS_EXCLUSIVE),
        restricts=_restricts(command.name, target.name, facts) if drops else (),
    )


def _restricts(column: str, table: str, facts: Facts) -> tuple[str, ...]:
    """INSERTs that leave the column out fail once it is NOT NULL and has no default."""
    if questions.is_new(facts, table) or _harmless(column, table, facts):
        return ()
    return (f"{table}.{quote(column)} DROP DEFAULT",)


def _harmless(column: str, table: str, facts: Facts) -> bool:
    held = questions.column(facts, table, column)
    if held is None:
        return False
    has_default = held.default is not None or not held.type
    nullable = bool(held.type) and not questions.proved_not_null(facts, table, column, valid=False)
    return nullable or not has_default


def evolve(command: Node, target: Target, facts: Facts) -> Facts:
    """The facts with the new default."""
    drops = not command.HasField("def")
    default = None if drops else printed(getattr(command, "def"))
    return changes.each(
        facts,
        target.tables,
        lambda known, table: changes.set_column(known, table, command.name, default=default),
    )
