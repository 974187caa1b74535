"""One kind of statement per file: what it costs, and what the database looks like after it.

A module here has ``NODES``, the parse tree nodes it is about: ``index_stmt``, or with the type of
object ``drop_stmt.OBJECT_INDEX``; ``price(node, facts) -> Price``; and, where the statement
changes what the next one meets, ``evolve(node, facts) -> Facts``.
"""

from __future__ import annotations

import sys
from functools import cache
from typing import TYPE_CHECKING

from phased.discovery import modules
from phased.price import Price, unknown
from phased.syntax import tree

if TYPE_CHECKING:
    from types import ModuleType

    from phased.fact import Facts
    from phased.syntax.tree import Node

_SUBTYPES = {"drop_stmt": "remove_type", "rename_stmt": "rename_type"}


def price_of(which: str, node: Node, facts: Facts) -> Price:
    """The price of any statement, by the name of its node."""
    family = _family(which, node)
    if family is None:
        return unknown(which.removesuffix("_stmt").replace("_", " ").upper())
    found: Price = family.price(node, facts)
    return found


def evolved(which: str, node: Node, facts: Facts) -> Facts:
    """The facts after any statement."""
    family = _family(which, node)
    if family is None or not hasattr(family, "evolve"):
        return facts
    changed: Facts = family.evolve(node, facts)
    return changed


def _family(which: str, node: Node) -> ModuleType | None:
    if which in _SUBTYPES:
        which = f"{which}.{tree.enum(node, _SUBTYPES[which])}"
    return _families().get(which)


@cache
def _families() -> dict[str, ModuleType]:
    found = modules(sys.modules[__name__])
    return {node: module for module in found for node in module.NODES}
