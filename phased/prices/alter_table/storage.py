"""SET LOGGED, UNLOGGED, ACCESS METHOD and TABLESPACE: the whole table is written anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phased.facts import questions
from phased.model import Lock
from phased.price import Price
from phased.syntax.tree import enum

if TYPE_CHECKING:
    from phased.fact import Facts
    from phased.syntax.tree import Node
    from phased.target import Target

COMMANDS = ("AT_SetLogged", "AT_SetUnLogged", "AT_SetAccessMethod", "AT_SetTableSpace")
_COPIES_BLOCKS = "AT_SetTableSpace"


def price(command: Node, target: Target, facts: Facts) -> Price:
    """The price of the four; a table that is so already is left as it is."""
    locks = target.alone(Lock.ACCESS_EXCLUSIVE)
    subtype = enum(command, "subtype")
    if _is_so_already(command, subtype, target.name, facts):
        return Price(locks=locks)
    stored = questions.stored(facts, (target.name,))
    if target.objtype == "OBJECT_INDEX":
        return Price(locks=locks, rewrites=frozenset({target.name}))
    return Price(
        locks=locks, scans=frozenset() if subtype == _COPIES_BLOCKS else stored, rewrites=stored
    )


def _is_so_already(command: Node, subtype: str, table: str, facts: Facts) -> bool:
    if not questions.complete(facts, table):
        return False
    held = questions.relation(facts, table)
    if subtype in {"AT_SetLogged", "AT_SetUnLogged"}:
        return held.unlogged == (subtype == "AT_SetUnLogged")
    return subtype == "AT_SetAccessMethod" and held.access_method == command.name
