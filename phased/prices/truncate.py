"""TRUNCATE: every row is gone at once, under the strongest lock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phased.facts import questions
from phased.model import Lock
from phased.price import Price
from phased.syntax import names
from phased.syntax.tree import enum

if TYPE_CHECKING:
    from phased.fact import Facts
    from phased.syntax.tree import Node

NODES = ("truncate_stmt",)


def price(node: Node, facts: Facts) -> Price:
    """The price of TRUNCATE; CASCADE takes the tables along that refer to these."""
    tables = _tables(node, facts)
    sequences = [s for t in tables for s in questions.sequences(facts, t) if node.restart_seqs]
    old = [table for table in tables if not questions.is_new(facts, table)]
    return Price(
        "TRUNCATE",
        dict.fromkeys((*tables, *sequences), Lock.ACCESS_EXCLUSIVE),
        rewrites=questions.stored(facts, tables),
        destroys=tuple(f"rows of {table}" for table in old),
    )


def _tables(node: Node, facts: Facts) -> list[str]:
    found: list[str] = []
    waiting = [
        part
        for item in node.relations
        for part in questions.family(
            facts, names.of(item.range_var, facts), only=not item.range_var.inh
        )
    ]
    cascades = enum(node, "behavior") == "DROP_CASCADE"
    while waiting:
        table = waiting.pop(0)
        if table in found:
            continue
        found.append(table)
        if cascades:
            waiting += [child for child, _, _ in questions.referencing(facts, table)]
    return found
