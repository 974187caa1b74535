"""GRANT and REVOKE: only the catalog changes; from 18 on they look at the table under a lock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phased.model import Lock
from phased.price import Price
from phased.syntax import names
from phased.syntax.tree import enum

if TYPE_CHECKING:
    from phased.fact import Facts
    from phased.syntax.tree import Node

NODES = ("grant_stmt", "grant_role_stmt", "alter_default_privileges_stmt")
_LOCKS_SINCE = 18


def price(node: Node, facts: Facts) -> Price:
    """The price of GRANT, REVOKE and ALTER DEFAULT PRIVILEGES."""
    if not hasattr(node, "is_grant"):
        return Price("ALTER DEFAULT PRIVILEGES")
    kind = "GRANT" if node.is_grant else "REVOKE"
    if not hasattr(node, "objtype"):
        return Price(kind, restricts=() if node.is_grant else ("membership REVOKE",))
    tables = _relations(node, facts)
    locks = dict.fromkeys(tables if facts.server >= _LOCKS_SINCE else (), Lock.ACCESS_SHARE)
    return Price(kind, locks, restricts=() if node.is_grant else _restricts(node, tables, facts))


def _relations(node: Node, facts: Facts) -> tuple[str, ...]:
    if enum(node, "targtype") != "ACL_TARGET_OBJECT":
        return ()
    ranges = [item.range_var for item in node.objects if item.HasField("range_var")]
    return tuple(names.of(item, facts) for item in ranges)


def _restricts(node: Node, tables: tuple[str, ...], facts: Facts) -> tuple[str, ...]:
    privileges = ", ".join(item.access_priv.priv_name.upper() for item in node.privileges) or "ALL"
    if not tables:
        return (f"privileges REVOKE {privileges}",)
    return tuple(f"{table} REVOKE {privileges}" for table in tables if table not in facts.created)
