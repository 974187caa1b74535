"""ATTACH PARTITION scans unless a CHECK proves the bounds; DETACH takes rows out of sight."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phased.facts import changes, questions
from phased.model import Lock
from phased.price import Price, strongest
from phased.syntax import names
from phased.syntax.bounds import proved
from phased.syntax.inheritance import completed, missing
from phased.syntax.tree import enum

if TYPE_CHECKING:
    from phased.fact import Facts, RelationFacts
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
        locks={target.name: lock, name: Lock.ACCESS_EXCLUSIVE, **_beside(target, facts)},
        transactional=not concurrent,
        restricts=()
        if questions.is_new(facts, target.name)
        else (f"{target.name} without {name}",),
    )


def _beside(target: Target, facts: Facts) -> dict[str, Lock]:
    """What a partition does not take any more, the default one does."""
    default = questions.relation(facts, target.name).default_partition
    return {default: Lock.ACCESS_EXCLUSIVE} if default else {}


def _attach(partition: Node, name: str, target: Target, facts: Facts) -> Price:
    if target.objtype == "OBJECT_INDEX":
        return _attach_index(name, target, facts)
    default = questions.relation(facts, target.name).default_partition
    locks = {target.name: _LIGHT, name: Lock.ACCESS_EXCLUSIVE}
    locks |= dict.fromkeys(questions.relation(facts, name).partitions, Lock.ACCESS_EXCLUSIVE)
    if default:
        locks[default] = Lock.ACCESS_EXCLUSIVE
    parent = questions.relation(facts, target.name)
    locks |= {questions.sibling(target.name, index): _LIGHT for index in parent.indexes}
    scanned = {default} if default else set()
    fits = proved(partition.bound, parent.partition_key, questions.relation(facts, name))
    if not fits or _reads(name, target.name, facts):
        scanned |= set(questions.family(facts, name))
    locks |= dict.fromkeys(_referenced(parent), Lock.SHARE_ROW_EXCLUSIVE)
    return Price(locks=locks, scans=questions.stored(facts, scanned))


def _reads(name: str, parent: str, facts: Facts) -> bool:
    """Whether an index is built on the partition, or a foreign key checked."""
    return bool(missing(name, parent, facts) or _referenced(questions.relation(facts, parent)))


def _referenced(parent: RelationFacts) -> set[str]:
    return {c.references for c in parent.constraints.values() if c.references}


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
        facts = completed(facts, name, target.name)
        return changes.adopt(facts, target.name, name, default=partition.bound.is_default)
    return changes.orphan(facts, name)
