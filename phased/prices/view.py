"""CREATE VIEW reads definitions only; replacing one stops its readers for a moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phased.fact import RelationFacts
from phased.facts import changes
from phased.model import Lock
from phased.price import Price, strongest
from phased.syntax import names

if TYPE_CHECKING:
    from phased.fact import Facts
    from phased.syntax.tree import Node

NODES = ("view_stmt",)


def price(node: Node, facts: Facts) -> Price:
    """The price of CREATE VIEW and CREATE OR REPLACE VIEW."""
    name = names.of_new(node.view, facts)
    reads = dict.fromkeys(names.tables(node.query, facts), Lock.ACCESS_SHARE)
    exists = node.replace and (name in facts.relations or not facts.known)
    if not exists:
        return Price("CREATE VIEW", reads, creates=frozenset({name}))
    locks = strongest(reads, {name: Lock.ACCESS_EXCLUSIVE})
    return Price("CREATE OR REPLACE VIEW", locks)


def evolve(node: Node, facts: Facts) -> Facts:
    """The facts with the view."""
    name = names.of_new(node.view, facts)
    reads = tuple(sorted(names.tables(node.query, facts)))
    held = RelationFacts(kind="v", reads=reads)
    exists = node.replace and (name in facts.relations or not facts.known)
    return changes.put(facts, name, held) if exists else changes.create(facts, name, held)
