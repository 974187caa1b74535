"""COMMENT: only the catalog changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phased.model import Lock
from phased.price import Price
from phased.syntax import names
from phased.syntax.tree import enum, strings

if TYPE_CHECKING:
    from phased.fact import Facts
    from phased.syntax.tree import Node

NODES = ("comment_stmt", "sec_label_stmt")
_RELATIONS = {"TABLE", "INDEX", "SEQUENCE", "VIEW", "MATVIEW", "FOREIGN_TABLE"}
_ON_TABLE = {"TABCONSTRAINT", "TRIGGER", "RULE", "POLICY"}


def price(node: Node, facts: Facts) -> Price:
    """The price of COMMENT and SECURITY LABEL."""
    kind = enum(node, "objtype").removeprefix("OBJECT_")
    word = "COMMENT" if hasattr(node, "comment") else "SECURITY LABEL"
    if kind in _RELATIONS:
        return Price(word, {names.of_object(node.object, facts): Lock.SHARE_UPDATE_EXCLUSIVE})
    if kind == "COLUMN" or kind in _ON_TABLE:
        table = names.of_strings(strings(node.object.list.items)[:-1], facts)
        lock = Lock.SHARE_UPDATE_EXCLUSIVE if kind == "COLUMN" else Lock.ACCESS_SHARE
        return Price(word, {table: lock})
    return Price(word)
