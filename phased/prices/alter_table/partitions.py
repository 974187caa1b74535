"""ATTACH PARTITION scans unless a CHECK proves the bounds; DETACH takes rows out of sight."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phased.facts import changes, questions
from phased.model import Lock
from phased.price import Price, strongest
from phased.syntax import names
from phased.syntax.bounds import proved
from phased.syntax.tree import enum

if TYPE_CHECKING:
    from phased.model import Facts, IndexFacts
    from phased.syntax.tree import Node
    from phased.target import Target

COMMANDS = ("AT_AttachPartition", "AT_DetachPartition", "AT_DetachPartitionFinalize")
_LIGHT = Lock.SHARE_UPDATE_EXCLUSIVE


def price(command: Node, target: Target, facts: Facts) -> Price:
    """The price of the three, on tables and on indexes."""
    partition = getattr(command, "def").partition_cmd
    name = names.of(partition.name, facts)
    if enum(command, "subtype") == "AT_AttachPartition":
        return _attach(partition, name, target, facts)
    concurrent = partition.concurrent
    lock = _LIGHT if concurrent or "Finalize" in enum(command, "subtype") else Lock.ACCESS_EXCLUSIVE
    return Price(
        locks={target.name: lock, name: Lock.ACCESS_EXCLUSIVE},
        transactional=not concurrent,
        restricts=()
        if questions.is_new(facts, target.name)
        else (f"{target.name} without {name}",),
    )


def _attach(partition: Node, name: str, target: Target, facts: Facts) -> Price:
    if target.objtype == "OBJECT_INDEX":
        return _attach_index(name, target, facts)
    default = questions.relation(facts, target.name).default_partition
    locks = {target.name: _LIGHT, name: Lock.ACCESS_EXCLUSIVE}
    locks |= dict.fromkeys(questions.relation(facts, name).partitions, Lock.ACCESS_EXCLUSIVE)
    if default:
        locks[default] = Lock.ACCESS_EXCLUSIVE
    missing = _missing_indexes(name, target, facts)
    locks |= dict.fromkeys(missing, _LIGHT)
    parent = questions.relation(facts, target.name)
    scanned = {default} if default else set()
    if missing or not proved(
        partition.bound, parent.partition_key, questions.relation(facts, name)
    ):
        scanned |= set(questions.family(facts, name))
    return Price(locks=locks, scans=questions.stored(facts, scanned))


def _missing_indexes(name: str, target: Target, facts: Facts) -> list[str]:
    """Indexes of the parent that are built on the partition."""
    held = {_like(index) for index in questions.relation(facts, name).indexes.values()}
    return [
        questions.sibling(target.name, index)
        for index, wanted in questions.relation(facts, target.name).indexes.items()
        if _like(wanted) not in held
    ]


def _like(index: IndexFacts) -> tuple[tuple[str, ...], bool]:
    return index.columns, index.unique


def _attach_index(name: str, target: Target, facts: Facts) -> Price:
    owners = [questions.index_owner(facts, index) for index in (target.name, name)]
    tables = {owner[0]: Lock.ACCESS_SHARE for owner in owners if owner}
    return Price(
        locks=strongest({target.name: _LIGHT, name: Lock.ACCESS_EXCLUSIVE}, tables),
    )


def evolve(command: Node, target: Target, facts: Facts) -> Facts:
    """The facts with the partition in its place, or out of it."""
    if target.objtype == "OBJECT_INDEX":
        return facts
    partition = getattr(command, "def").partition_cmd
    name = names.of(partition.name, facts)
    if enum(command, "subtype") == "AT_AttachPartition":
        return changes.adopt(facts, target.name, name, default=partition.bound.is_default)
    return changes.orphan(facts, name)
