"""CREATE SCHEMA, SET SCHEMA: only the catalog changes, but a name that moves is not found."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from phased.facts import changes, questions
from phased.model import Lock
from phased.naming import quote
from phased.price import Price, merge
from phased.prices import evolved, price_of
from phased.syntax import names

if TYPE_CHECKING:
    from phased.fact import Facts
    from phased.syntax.tree import Node

NODES = ("create_schema_stmt", "alter_object_schema_stmt")


def price(node: Node, facts: Facts) -> Price:
    """The price of the two."""
    if hasattr(node, "schema_elts"):
        return _create(node, facts)
    if not node.HasField("relation"):
        name = names.of_object(node.object, facts)
        quiet = name in facts.created
        return Price("ALTER SET SCHEMA", restricts=() if quiet else (_moves(name, node),))
    name = names.of(node.relation, facts)
    both = (name, *questions.sequences(facts, name))
    quiet = questions.is_new(facts, name)
    return Price(
        "ALTER TABLE SET SCHEMA",
        dict.fromkeys(both, Lock.ACCESS_EXCLUSIVE),
        restricts=() if quiet else (_moves(name, node),),
    )


def _moves(name: str, node: Node) -> str:
    return f"{name} SET SCHEMA {quote(node.newschema)}"


def _create(node: Node, facts: Facts) -> Price:
    parts = [Price(creates=frozenset({quote(node.schemaname)}))]
    facts = _inside(node, facts)
    for element in node.schema_elts:
        which = element.WhichOneof("node")
        parts.append(price_of(which, getattr(element, which), facts))
        facts = evolved(which, getattr(element, which), facts)
    return merge("CREATE SCHEMA", parts)


def evolve(node: Node, facts: Facts) -> Facts:
    """The facts with what the schema has from the start, or with the relation in its new one."""
    if not hasattr(node, "schema_elts"):
        return _moved(node, facts)
    path = facts.search_path
    facts = _inside(node, facts)
    for element in node.schema_elts:
        which = element.WhichOneof("node")
        facts = evolved(which, getattr(element, which), facts)
    return replace(facts, search_path=path)


def _inside(node: Node, facts: Facts) -> Facts:
    """Names without a schema are those of the new one."""
    return replace(facts, search_path=(node.schemaname, *facts.search_path))


def _moved(node: Node, facts: Facts) -> Facts:
    if not node.HasField("relation"):
        return facts
    name = names.of(node.relation, facts)
    for sequence in questions.sequences(facts, name):
        facts = changes.move(facts, sequence, node.newschema)
    return changes.move(facts, name, node.newschema)
