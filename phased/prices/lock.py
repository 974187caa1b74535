"""LOCK TABLE takes what it says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phased.facts import questions
from phased.model import Lock
from phased.price import Price
from phased.syntax import names

if TYPE_CHECKING:
    from phased.fact import Facts
    from phased.syntax.tree import Node

NODES = ("lock_stmt",)


def price(node: Node, facts: Facts) -> Price:
    """The price of LOCK TABLE; on a view it reaches the tables that the view reads."""
    lock = list(Lock)[node.mode - 1]
    found: list[str] = []
    for item in node.relations:
        name = names.of(item.range_var, facts)
        only = not item.range_var.inh
        found += questions.family(facts, name, only=only)
        if questions.relation(facts, name).kind == "v":
            found += questions.read_by(facts, name)
    return Price("LOCK TABLE", dict.fromkeys(found, lock))
