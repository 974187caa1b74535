"""CREATE and ALTER SEQUENCE: nextval waits for the latter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phased.fact import RelationFacts
from phased.facts import changes
from phased.model import Lock
from phased.price import Price
from phased.syntax import names
from phased.syntax.tree import strings

if TYPE_CHECKING:
    from phased.fact import Facts
    from phased.syntax.tree import Node

NODES = ("create_seq_stmt", "alter_seq_stmt")


def _name(node: Node, facts: Facts) -> str:
    creates = hasattr(node, "if_not_exists")
    return names.of_new(node.sequence, facts) if creates else names.of(node.sequence, facts)


def price(node: Node, facts: Facts) -> Price:
    """The price of the two; OWNED BY looks at the table."""
    name = _name(node, facts)
    owner = dict.fromkeys(_owner(node, facts), Lock.ACCESS_SHARE)
    if hasattr(node, "if_not_exists"):
        if node.if_not_exists and name in facts.relations:
            return Price("CREATE SEQUENCE")
        return Price("CREATE SEQUENCE", owner, creates=frozenset({name}))
    return Price("ALTER SEQUENCE", {name: Lock.SHARE_ROW_EXCLUSIVE, **owner})


def _owner(node: Node, facts: Facts) -> dict[str, str]:
    """The table and the column of OWNED BY."""
    options = [item.def_elem for item in node.options if item.def_elem.defname == "owned_by"]
    parts = [strings(option.arg.list.items) for option in options]
    return {names.of_strings(found[:-1], facts): found[-1] for found in parts if len(found) > 1}


def evolve(node: Node, facts: Facts) -> Facts:
    """The facts with the sequence, and with whose it is."""
    name = _name(node, facts)
    if hasattr(node, "if_not_exists") and name not in facts.relations:
        facts = changes.create(facts, name, RelationFacts(kind="S", rows=1))
    elif name not in facts.relations:
        facts = changes.put(facts, name, RelationFacts(kind="S", rows=1))
    for table, column in _owner(node, facts).items():
        facts = changes.own(facts, table, column, name)
    return facts
