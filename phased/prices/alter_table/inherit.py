"""INHERIT and NO INHERIT: only the catalog changes, on the child under the strongest lock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phased.facts import changes
from phased.model import Lock
from phased.price import Price
from phased.syntax import names
from phased.syntax.tree import enum

if TYPE_CHECKING:
    from phased.fact import Facts
    from phased.syntax.tree import Node
    from phased.target import Target

COMMANDS = ("AT_AddInherit", "AT_DropInherit")
_PARENT = {"AT_AddInherit": Lock.SHARE_UPDATE_EXCLUSIVE, "AT_DropInherit": Lock.ACCESS_SHARE}


def price(command: Node, target: Target, facts: Facts) -> Price:
    """The price of the two."""
    parent = names.of(getattr(command, "def").range_var, facts)
    lock = _PARENT[enum(command, "subtype")]
    return Price(locks={target.name: Lock.ACCESS_EXCLUSIVE, parent: lock})


def evolve(command: Node, target: Target, facts: Facts) -> Facts:
    """The facts with the child in its place, or out of it."""
    parent = names.of(getattr(command, "def").range_var, facts)
    if enum(command, "subtype") == "AT_AddInherit":
        return changes.adopt(facts, parent, target.name)
    return changes.orphan(facts, target.name)
