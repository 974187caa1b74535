"""Definitions of the catalogs with other names for columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

import postgast

from phased.syntax.tree import kind, walk

if TYPE_CHECKING:
    from collections.abc import Mapping

    from phased.syntax.tree import Node


def parsed(sql: str) -> Node:
    """A tree that is the caller's own to change."""
    return postgast.parse(sql)


def renamed(node: Node, names: Mapping[str, str]) -> Node:
    """The tree itself, with the columns under their new names."""
    for item in walk(node):
        if kind(item) == "ColumnRef" and item.fields[-1].WhichOneof("node") == "string":
            name = item.fields[-1].string
            name.sval = names.get(name.sval, name.sval)
        elif kind(item) in {"IndexElem", "StatsElem"} and item.name:
            item.name = names.get(item.name, item.name)
    return node
