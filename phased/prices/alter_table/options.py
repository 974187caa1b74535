"""Settings of a table, a column or an index: only the catalog changes, most under a light lock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phased.facts.questions import sequences, sibling
from phased.model import Lock
from phased.price import Price
from phased.syntax.tree import enum

if TYPE_CHECKING:
    from phased.fact import Facts
    from phased.syntax.tree import Node
    from phased.target import Target

_LIGHT = Lock.SHARE_UPDATE_EXCLUSIVE
_HEAVY = Lock.ACCESS_EXCLUSIVE
_LOCKS = {
    "AT_SetStatistics": _LIGHT,
    "AT_SetOptions": _LIGHT,
    "AT_ResetOptions": _LIGHT,
    "AT_ClusterOn": _LIGHT,
    "AT_DropCluster": _LIGHT,
    "AT_SetRelOptions": _LIGHT,
    "AT_ResetRelOptions": _LIGHT,
    "AT_ReplaceRelOptions": _LIGHT,
    "AT_SetStorage": _HEAVY,
    "AT_SetCompression": _HEAVY,
    "AT_ReplicaIdentity": _HEAVY,
    "AT_ChangeOwner": _HEAVY,
    "AT_AddOf": _HEAVY,
    "AT_DropOf": _HEAVY,
    "AT_GenericOptions": _HEAVY,
    "AT_AlterColumnGenericOptions": _HEAVY,
    "AT_DropOids": _HEAVY,
}
COMMANDS = tuple(_LOCKS)
_CASCADE = {"AT_SetStatistics", "AT_SetStorage"}
_HEAVY_OPTIONS = {
    "autosummarize",
    "buffering",
    "check_option",
    "fastupdate",
    "gin_pending_list_limit",
    "pages_per_range",
    "security_barrier",
    "security_invoker",
    "user_catalog_table",
}


def price(command: Node, target: Target, facts: Facts) -> Price:
    """The price of a setting."""
    subtype = enum(command, "subtype")
    lock = _HEAVY if _names(command) & _HEAVY_OPTIONS else _LOCKS[subtype]
    cascades = subtype in _CASCADE
    if subtype == "AT_ChangeOwner":
        owned = sequences(facts, target.name)
        return Price(locks=target.alone(lock) | dict.fromkeys(owned, lock))
    if subtype == "AT_ClusterOn":
        return Price(locks=target.alone(lock) | {sibling(target.name, command.name): lock})
    return Price(locks=target.cascading(lock) if cascades else target.alone(lock))


def _names(command: Node) -> set[str]:
    definition = getattr(command, "def")
    if not command.HasField("def") or definition.WhichOneof("node") != "list":
        return set()
    return {item.def_elem.defname for item in definition.list.items}
