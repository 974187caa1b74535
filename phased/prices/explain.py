"""EXPLAIN, DECLARE and PREPARE lock what their query does, and read nothing unless it runs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from phased.prices import price_of

if TYPE_CHECKING:
    from phased.fact import Facts
    from phased.price import Price
    from phased.syntax.tree import Node

NODES = ("explain_stmt", "declare_cursor_stmt", "prepare_stmt")
_WORDS = {"ExplainStmt": "EXPLAIN", "DeclareCursorStmt": "DECLARE", "PrepareStmt": "PREPARE"}


def price(node: Node, facts: Facts) -> Price:
    """The price of the three."""
    which = node.query.WhichOneof("node")
    found = price_of(which, getattr(node.query, which), facts)
    kind = _WORDS[node.DESCRIPTOR.name]
    options = getattr(node, "options", ())
    runs = kind == "EXPLAIN" and any(item.def_elem.defname == "analyze" for item in options)
    return replace(found, kind=kind, scans=found.scans if runs else frozenset())
