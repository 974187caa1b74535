"""COPY reads a table in full, or writes rows to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phased.facts import questions
from phased.model import Lock
from phased.price import Price
from phased.prices import price_of
from phased.syntax import names

if TYPE_CHECKING:
    from phased.fact import Facts
    from phased.syntax.tree import Node

NODES = ("copy_stmt",)


def price(node: Node, facts: Facts) -> Price:
    """The price of COPY."""
    if not node.HasField("relation"):
        which = node.query.WhichOneof("node")
        return price_of(which, getattr(node.query, which), facts)
    table = names.of(node.relation, facts)
    tables = questions.family(facts, table)
    if node.is_from:
        return Price("COPY FROM", dict.fromkeys(tables, Lock.ROW_EXCLUSIVE))
    return Price("COPY TO", {table: Lock.ACCESS_SHARE}, scans=questions.stored(facts, (table,)))
