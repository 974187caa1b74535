"""SET, RESET, SHOW, FETCH and the like: no relation is touched that was not before."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from phased.price import Price
from phased.syntax.tree import enum

if TYPE_CHECKING:
    from phased.fact import Facts
    from phased.syntax.tree import Node

NODES = (
    "variable_set_stmt",
    "variable_show_stmt",
    "discard_stmt",
    "constraints_set_stmt",
    "listen_stmt",
    "unlisten_stmt",
    "notify_stmt",
    "deallocate_stmt",
    "check_point_stmt",
    "load_stmt",
    "fetch_stmt",
    "close_portal_stmt",
)
_WORDS = {
    "VariableShowStmt": "SHOW",
    "DiscardStmt": "DISCARD",
    "ConstraintsSetStmt": "SET CONSTRAINTS",
    "CheckPointStmt": "CHECKPOINT",
    "ClosePortalStmt": "CLOSE",
}


def price(node: Node, facts: Facts) -> Price:
    """Nothing is locked."""
    del facts  # no relation is touched
    name = node.DESCRIPTOR.name
    if name == "VariableSetStmt":
        return Price("RESET" if "RESET" in enum(node, "kind") else "SET")
    whole = name == "DiscardStmt" and enum(node, "target") == "DISCARD_ALL"
    return Price(_WORDS.get(name, name.removesuffix("Stmt").upper()), transactional=not whole)


def evolve(node: Node, facts: Facts) -> Facts:
    """The facts under another time zone or search path."""
    if node.DESCRIPTOR.name != "VariableSetStmt" or enum(node, "kind") != "VAR_SET_VALUE":
        return facts
    values = tuple(item.a_const.sval.sval for item in node.args if item.HasField("a_const"))
    if node.name == "timezone" and values:
        return replace(facts, time_zone=values[0])
    if node.name == "search_path" and values:
        return replace(facts, search_path=values)
    return facts
