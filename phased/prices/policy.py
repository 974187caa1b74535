"""CREATE and ALTER POLICY: only the catalog changes, under the strongest lock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phased.facts import questions
from phased.model import Lock
from phased.naming import quote
from phased.price import Price
from phased.syntax import names

if TYPE_CHECKING:
    from phased.fact import Facts
    from phased.syntax.tree import Node

NODES = ("create_policy_stmt", "alter_policy_stmt", "rule_stmt")


def price(node: Node, facts: Facts) -> Price:
    """The price of the two, and of CREATE RULE; a permissive policy lets more through, not less."""
    if hasattr(node, "rulename"):
        table, kind, name = names.of(node.relation, facts), "CREATE RULE", node.rulename
    else:
        creates = hasattr(node, "permissive")
        table = names.of(node.table, facts)
        kind, name = ("CREATE POLICY" if creates else "ALTER POLICY"), node.policy_name
    quiet = getattr(node, "permissive", False) or questions.is_new(facts, table)
    about = f"{kind.split()[1].lower()} {table}.{quote(name)}"
    return Price(kind, {table: Lock.ACCESS_EXCLUSIVE}, restricts=() if quiet else (about,))
