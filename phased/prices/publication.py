"""Logical replication: publications are catalog only; a subscription talks to another server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phased.model import Lock
from phased.price import Price
from phased.syntax import names
from phased.syntax.tree import enum

if TYPE_CHECKING:
    from phased.fact import Facts
    from phased.syntax.tree import Node

NODES = (
    "create_publication_stmt",
    "alter_publication_stmt",
    "create_subscription_stmt",
    "alter_subscription_stmt",
    "drop_subscription_stmt",
)
_OFF = {"false", "off", "0"}
_REFRESHES = {
    "ALTER_SUBSCRIPTION_REFRESH",
    "ALTER_SUBSCRIPTION_SET_PUBLICATION",
    "ALTER_SUBSCRIPTION_ADD_PUBLICATION",
    "ALTER_SUBSCRIPTION_DROP_PUBLICATION",
}


def price(node: Node, facts: Facts) -> Price:
    """The price of the five."""
    name = node.DESCRIPTOR.name
    if "Publication" in name:
        return _publication(node, facts)
    if name == "DropSubscriptionStmt":
        gone = (f"subscription {node.subname}",)
        return Price("DROP SUBSCRIPTION", transactional=False, destroys=gone)
    options = {item.def_elem.defname: item.def_elem.arg.string.sval for item in node.options}
    if name == "CreateSubscriptionStmt":
        quiet = any(options.get(key) in _OFF for key in ("connect", "create_slot"))
        return Price("CREATE SUBSCRIPTION", transactional=quiet)
    refreshes = enum(node, "kind") in _REFRESHES and options.get("refresh") not in _OFF
    return Price("ALTER SUBSCRIPTION", transactional=not refreshes)


def _publication(node: Node, facts: Facts) -> Price:
    kind = "ALTER PUBLICATION" if hasattr(node, "action") else "CREATE PUBLICATION"
    found = [item.publication_obj_spec for item in node.pubobjects]
    ranges = [item.pubtable.relation for item in found if item.HasField("pubtable")]
    tables = [names.of(item, facts) for item in ranges]
    return Price(kind, dict.fromkeys(tables, Lock.SHARE_UPDATE_EXCLUSIVE))
