"""DROP TABLE: its foreign keys go too and lock the tables at their other end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phased.facts import changes, questions
from phased.model import Lock
from phased.price import Price
from phased.syntax import names
from phased.syntax.tree import enum

if TYPE_CHECKING:
    from collections.abc import Iterator

    from phased.fact import Facts
    from phased.syntax.tree import Node

NODES = ("drop_stmt.OBJECT_TABLE", "drop_stmt.OBJECT_FOREIGN_TABLE")


def price(node: Node, facts: Facts) -> Price:
    """The price of DROP TABLE."""
    dropped = _dropped(node, facts)
    cascades = enum(node, "behavior") == "DROP_CASCADE"
    locked = {name for table in dropped for name in _locked(table, facts, cascades=cascades)}
    lost = [f"table {table}" for table in dropped if not questions.is_new(facts, table)]
    return Price(
        "DROP TABLE", dict.fromkeys(sorted(locked), Lock.ACCESS_EXCLUSIVE), destroys=tuple(lost)
    )


def _dropped(node: Node, facts: Facts) -> list[str]:
    found = [names.of_object(item, facts) for item in node.objects]
    if node.missing_ok and facts.known:
        return [name for name in found if name in facts.relations]
    return found


def _locked(table: str, facts: Facts, *, cascades: bool) -> Iterator[str]:
    for name in questions.family(facts, table):
        held = questions.relation(facts, name)
        yield name
        yield from (c.references for c in held.constraints.values() if c.references)
        yield from questions.sequences(facts, name)
        if held.parent:
            yield held.parent
            yield from _default(held.parent, facts)
        if cascades:
            yield from (child for child, _, _ in questions.referencing(facts, name))


def _default(parent: str, facts: Facts) -> Iterator[str]:
    """The default partition may take what the dropped one took, so its bounds change."""
    default = questions.relation(facts, parent).default_partition
    if default and questions.relation(facts, parent).kind == "p":
        yield default


def evolve(node: Node, facts: Facts) -> Facts:
    """The facts without the tables and their partitions."""
    for table in _dropped(node, facts):
        for name in (*questions.family(facts, table), *questions.sequences(facts, table)):
            facts = changes.drop(facts, name)
    return facts
