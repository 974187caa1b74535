"""Where a backfill stands: sweeps over the table, ranges of pages, strides inside a range. Pure.

A range is walked several times, each time a stride of its rows: what one stride has left behind,
PostgreSQL clears away when the next comes to the page, which then has room for its rows (HOT).
Ranges that were begun stay in the cursor until they are done; any worker can go on with them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

SWEEPS = 10
MOST_PAGES = 16_384


@dataclass(slots=True)
class Range:
    """Pages from `first` to before `last`; strides before `stride` are behind us.

    Attributes:
        longest: Seconds of its longest batch.
        filled: Rows.
        taken: A worker is at it.
    """

    first: int
    last: int
    stride: int = 0
    strides: int = 1
    longest: float = 0.0
    filled: int = 0
    taken: bool = False


@dataclass(slots=True)
class Leaf:
    """One table without partitions.

    Attributes:
        node: The file that its pages are counted in.
        page: The first that no range has had yet.
        open: Ranges that have been begun.
    """

    node: str
    page: int = 0
    open: list[Range] = field(default_factory=list)


@dataclass(slots=True)
class Cursor:
    """Where a backfill stands.

    Attributes:
        sweep: 0 for the first walk over the table, then one more for each that looks again.
        filled: Rows so far.
        found: Rows filled in this sweep.
        previous: Rows filled in the sweep before.
        leaves: By name, as ``regclass`` prints it.
    """

    sweep: int = 0
    filled: int = 0
    found: int = 0
    previous: int = 0
    leaves: dict[str, Leaf] = field(default_factory=dict)


def take(leaf: Leaf, end: int, width: int, strides: int) -> Range | None:
    """The range to work at next: one that was begun, no wider than it may be now, or a new one."""
    found = next((one for one in leaf.open if not one.taken), None)
    if found is None:
        if leaf.page >= end:
            return None
        found = Range(leaf.page, min(leaf.page + width, end), strides=strides)
        leaf.page = found.last
        leaf.open.append(found)
    elif found.last - found.first > width:
        _cut(leaf, found, width)
    found.taken = True
    return found


def _cut(leaf: Leaf, found: Range, width: int) -> None:
    rest = Range(found.first + width, found.last, found.stride, found.strides)
    found.last = rest.first
    leaf.open.insert(leaf.open.index(found) + 1, rest)


def advance(cursor: Cursor, leaf: Leaf, done: Range, filled: int) -> None:
    """One stride of a range is behind us."""
    cursor.filled += filled
    cursor.found += filled
    done.filled += filled
    done.stride += 1
    if done.stride == done.strides:
        leaf.open.remove(done)


def next_sweep(cursor: Cursor) -> None:
    """Look again, from the start."""
    cursor.previous, cursor.found = cursor.found, 0
    cursor.sweep += 1
    cursor.leaves = {}


def is_over(cursor: Cursor, *, conditional: bool) -> bool:
    """Whether the sweep that has ended was the last.

    The first walk is never the last. A condition of the user's that still holds for a row that
    was filled would hold for ever.
    """
    holds_for_ever = conditional and cursor.found >= cursor.previous
    return cursor.sweep > 0 and (not cursor.found or holds_for_ever or cursor.sweep == SWEEPS)


def share(cursor: Cursor, ends: Mapping[str, int]) -> float:
    """How much of the table this sweep has behind it, from 0 to 1."""
    left = sum(_left(cursor.leaves[name], end) for name, end in ends.items())
    return 1 - left / max(sum(ends.values()), 1)


def _left(leaf: Leaf, end: int) -> float:
    begun = ((one.last - one.first) * (1 - one.stride / one.strides) for one in leaf.open)
    return max(end - leaf.page, 0) + sum(begun)


def next_width(width: int, took: float, target: float) -> int:
    """Pages for the next range: towards the target duration, at most doubling or halving."""
    wanted = width * target / max(took, 0.001)
    return round(min(max(wanted, width / 2, 1), width * 2, MOST_PAGES))


def kept(cursor: Cursor, done: Range | None, filled: int) -> dict[str, Any]:
    """The cursor for the ledger, with one more stride of a range behind it."""
    return {
        "sweep": cursor.sweep,
        "filled": cursor.filled + filled,
        "found": cursor.found + filled,
        "previous": cursor.previous,
        "leaves": {name: _kept_leaf(leaf, done) for name, leaf in cursor.leaves.items()},
    }


def _kept_leaf(leaf: Leaf, done: Range | None) -> dict[str, Any]:
    begun = [(one, one.stride + (one is done)) for one in leaf.open]
    ranges = [[o.first, o.last, stride, o.strides] for o, stride in begun if stride < o.strides]
    return {"node": leaf.node, "page": leaf.page, "open": ranges}


def read(found: Mapping[str, Any]) -> Cursor:
    """The cursor as the ledger has it."""
    leaves = {
        name: Leaf(leaf["node"], leaf["page"], [Range(*numbers) for numbers in leaf["open"]])
        for name, leaf in found.get("leaves", {}).items()
    }
    names = ("sweep", "filled", "found", "previous")
    return Cursor(**{name: found.get(name, 0) for name in names}, leaves=leaves)
