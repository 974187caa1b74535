"""CREATE STATISTICS: a note for the next ANALYZE."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phased.facts import changes
from phased.model import Lock
from phased.price import Price
from phased.syntax import names
from phased.syntax.tree import strings

if TYPE_CHECKING:
    from phased.fact import Facts
    from phased.syntax.tree import Node

NODES = ("create_stats_stmt", "alter_stats_stmt")


def price(node: Node, facts: Facts) -> Price:
    """The price of CREATE and ALTER STATISTICS."""
    if not hasattr(node, "relations"):
        return Price("ALTER STATISTICS")
    tables = [names.of(item.range_var, facts) for item in node.relations]
    return Price("CREATE STATISTICS", dict.fromkeys(tables, Lock.SHARE_UPDATE_EXCLUSIVE))


def evolve(node: Node, facts: Facts) -> Facts:
    """The facts with whose statistics these are."""
    if not hasattr(node, "relations") or not node.defnames:
        return facts
    name = names.of_strings(strings(node.defnames), facts)
    return changes.count(facts, names.of(node.relations[0].range_var, facts), name)
