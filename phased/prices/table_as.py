"""CREATE TABLE AS and CREATE MATERIALIZED VIEW: a query that reads while it fills a new table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phased.fact import RelationFacts
from phased.facts import changes
from phased.price import Price, merge
from phased.prices import price_of
from phased.syntax import names
from phased.syntax.tree import enum

if TYPE_CHECKING:
    from phased.fact import Facts
    from phased.syntax.tree import Node

NODES = ("create_table_as_stmt",)


def price(node: Node, facts: Facts) -> Price:
    """The price of the two; WITH NO DATA reads nothing."""
    matview = enum(node, "objtype") == "OBJECT_MATVIEW"
    kind = "CREATE MATERIALIZED VIEW" if matview else "CREATE TABLE AS"
    name = names.of_new(node.into.rel, facts)
    if node.if_not_exists and name in facts.relations:
        return Price(kind)
    which = node.query.WhichOneof("node")
    query = price_of(which, getattr(node.query, which), facts)
    scans = frozenset() if node.into.skip_data else query.scans
    own = Price(locks=query.locks, scans=scans, creates=frozenset({name}))
    return merge(kind, [own])


def evolve(node: Node, facts: Facts) -> Facts:
    """The facts with the table or the view; what columns it has is not known."""
    name = names.of_new(node.into.rel, facts)
    if node.if_not_exists and name in facts.relations:
        return facts
    matview = enum(node, "objtype") == "OBJECT_MATVIEW"
    reads = tuple(sorted(names.tables(node.query, facts))) if matview else ()
    held = RelationFacts(kind="m" if matview else "r", reads=reads)
    return changes.create(facts, name, held)
