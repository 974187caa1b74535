"""What one statement costs, before its text and its place in a file are known. Data only."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from phased.model import Lock

UNKNOWN = "unknown: "


@dataclass(frozen=True, slots=True)
class Price:
    """The price of a statement or of a part of one; the fields of ``phased.model.Statement``."""

    kind: str = ""
    locks: Mapping[str, Lock] = field(default_factory=dict)
    scans: frozenset[str] = frozenset()
    rewrites: frozenset[str] = frozenset()
    transactional: bool = True
    destroys: tuple[str, ...] = ()
    restricts: tuple[str, ...] = ()
    creates: frozenset[str] = frozenset()


def merge(kind: str, prices: Iterable[Price]) -> Price:
    """One price for several: the strongest lock on each relation, everything else added up."""
    parts = list(prices)
    return Price(
        kind,
        strongest(*(part.locks for part in parts)),
        frozenset().union(*(part.scans for part in parts)),
        frozenset().union(*(part.rewrites for part in parts)),
        all(part.transactional for part in parts),
        tuple(dict.fromkeys(item for part in parts for item in part.destroys)),
        tuple(dict.fromkeys(item for part in parts for item in part.restricts)),
        frozenset().union(*(part.creates for part in parts)),
    )


def strongest(*locks: Mapping[str, Lock]) -> dict[str, Lock]:
    """The strongest lock on each relation of several sets of locks."""
    found: dict[str, Lock] = {}
    for taken in locks:
        for relation, lock in taken.items():
            if relation not in found or found[relation].strength < lock.strength:
                found[relation] = lock
    return found


def unknown(what: str) -> Price:
    """The price of what cannot be judged: it may do anything, so old code may not survive it."""
    return Price(f"{UNKNOWN}{what}", restricts=(f"anything: {what} cannot be judged",))
