"""The batch loop: where it stands, how large the next batch is, when to stop.

Walks the table by ranges of pages (TID range scans): the checkpoint is a page number that commits
with its batch, and a key, ordered or not, is not needed. A row that is updated meanwhile can move
to a page that was walked already, so the table is swept again until nothing is found.
"""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

from psycopg.errors import DeadlockDetected, LockNotAvailable, QueryCanceled

from phased.batch import analyze, sql, update
from phased.blocking import describe
from phased.guard import pause_after, row, spent, tell
from phased.model import StepState
from phased.naming import relation
from phased.rollout import print_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from phased.guard import Run
    from phased.model import Backfill, Step

FIRST_PAGES = 32
MOST_PAGES = 16_384
SWEEPS = 10
LEAVES = """
WITH RECURSIVE tree (oid) AS (
    SELECT %s::regclass::oid
    UNION SELECT i.inhrelid FROM tree t JOIN pg_inherits i ON i.inhparent = t.oid
)
SELECT c.oid::regclass::text FROM tree t JOIN pg_class c USING (oid)
WHERE c.relkind = 'r' ORDER BY 1
"""
EXTENT = """
SELECT pg_relation_size(oid) / current_setting('block_size')::int, relfilenode::text
FROM pg_class WHERE oid = to_regclass(%s)
"""
BUSY = (LockNotAvailable, DeadlockDetected)


@dataclass(slots=True)
class Cursor:
    """Where a backfill stands, as the ledger keeps it.

    Attributes:
        sweep: 0 for the first walk over the table, then one more for each that looks again.
        filled: Rows so far.
        found: Rows filled in this sweep.
        previous: Rows filled in the sweep before.
        leaves: Table without partitions to the next page, and to the file its pages are counted in.
    """

    sweep: int = 0
    filled: int = 0
    found: int = 0
    previous: int = 0
    leaves: dict[str, tuple[int, str]] = field(default_factory=dict)


@dataclass(slots=True)
class Walk:
    """One backfill under way; pages are counted over all leaves.

    Attributes:
        stuck: Seconds since the last batch that got its locks.
        before: Rows that were filled before this run.
    """

    run: Run
    step: Step
    work: Backfill
    cursor: Cursor
    leaves: list[str]
    began: float = field(default_factory=time.monotonic)
    stuck: float = 0.0
    before: int = 0

    @property
    def table(self) -> str:
        """The table as the revision names it, for SQL."""
        return relation(self.work.table, self.work.schema)


def fill(step: Step, run: Run) -> None:
    """Fill every row that is missing a value, a commit per batch, from where the ledger says.

    Raises:
        LockBudgetSpent: Somebody keeps rows locked.
    """
    if step.backfill is None:
        raise TypeError(step)
    cursor = _cursor(step, run)
    walk = Walk(run, step, step.backfill, cursor, [], before=cursor.filled)
    while True:
        walk.leaves = [name for (name,) in run.connection.execute(LEAVES, (walk.table,))]
        for leaf in walk.leaves:
            _leaf(walk, leaf)
        if is_over(cursor, walk.work):
            break
        cursor.previous, cursor.found = cursor.found, 0
        cursor.sweep, cursor.leaves = cursor.sweep + 1, {}
    _patiently(walk, lambda: analyze(run, walk.work))


def is_over(cursor: Cursor, work: Backfill) -> bool:
    """Whether the sweep that has ended was the last.

    The first walk is never the last. A condition of the user's that still holds for a row that
    was filled would hold for ever.
    """
    holds_for_ever = bool(work.where) and cursor.found >= cursor.previous
    return cursor.sweep > 0 and (not cursor.found or holds_for_ever or cursor.sweep == SWEEPS)


def first_page(cursor: Cursor, leaf: str, node: str) -> int:
    """Where the walk of a leaf goes on; at the start, if its rows have moved to a new file."""
    page, known = cursor.leaves.get(leaf, (0, node))
    return page if known == node else 0


def next_size(size: int, took: float, target: float) -> int:
    """Pages for the next batch: towards the target duration, at most doubling or halving."""
    wanted = size * target / max(took, 0.001)
    return round(min(max(wanted, size / 2, 1), size * 2, MOST_PAGES))


def _leaf(walk: Walk, leaf: str) -> None:
    """Walk a table without partitions to where it ended when the sweep came to it.

    What is written meanwhile, also by ourselves, goes to its end: that is for the next sweep.
    """
    size = FIRST_PAGES
    target = walk.run.settings.batch_duration.total_seconds()
    ends: dict[str, int] = {}
    while extent := walk.run.connection.execute(EXTENT, (leaf,)).fetchone():
        now, node = extent
        pages = ends.setdefault(node, now)
        page = first_page(walk.cursor, leaf, node)
        if page >= pages:
            return
        if not walk.cursor.sweep and not page:
            tell(walk.run, "statement", sql(walk.work, leaf, (page, page + size)), walk.step)
        began = time.monotonic()
        if _batch(walk, leaf, (page, page + size), node):
            size = next_size(size, time.monotonic() - began, target)
            _progress(walk, leaf, pages)
        else:
            size = max(1, size // 2)


def _batch(walk: Walk, leaf: str, pages: tuple[int, int], node: str) -> bool:
    """Whether a range of pages is behind us."""
    alone = pages[1] - pages[0] == 1
    try:
        _commit(walk, leaf, pages, node)
    except QueryCanceled:  # it would have kept its rows locked for too long
        if alone:
            raise
        return False
    except BUSY:
        if alone and not walk.cursor.sweep:
            walk.cursor.leaves[leaf] = pages[1], node  # the next sweep comes back to it
            return True
        _step_back(walk)
        return False
    walk.stuck = 0.0
    return True


def _commit(walk: Walk, leaf: str, pages: tuple[int, int], node: str) -> None:
    run, cursor = walk.run, walk.cursor
    with run.connection.transaction():
        filled = update(run, walk.work, leaf, pages, again=cursor.sweep > 0)
        leaves = {**cursor.leaves, leaf: (pages[1], node)}
        done = cursor.filled + filled, cursor.found + filled
        after = Cursor(cursor.sweep, *done, cursor.previous, leaves)
        standing = row(walk.step, run, StepState.RUNNING)
        run.ledger.write(replace(standing, cursor=asdict(after)))
    cursor.filled, cursor.found, cursor.leaves = after.filled, after.found, after.leaves


def _patiently(walk: Walk, action: Callable[[], None]) -> None:
    while True:
        try:
            return action()
        except BUSY:
            _step_back(walk)


def _step_back(walk: Walk) -> None:
    """Let others have the rows for a while."""
    run = walk.run
    run.attempts += 1
    pause = pause_after(1, run.settings.max_stall.total_seconds())
    walk.stuck += pause
    run.waited += pause
    who = f"; in the way: {describe(run.blockers[0])}" if run.blockers else ""
    facts = {"blockers": [asdict(blocker) for blocker in run.blockers]}
    tell(run, "attempt", f"rows are locked, stepping back{who}", walk.step, **facts)
    if walk.stuck > run.settings.lock_budget.total_seconds():
        raise spent(walk.step, run)
    time.sleep(pause)


def _progress(walk: Walk, leaf: str, pages: int) -> None:
    took = max(time.monotonic() - walk.began, 0.001)
    place = walk.leaves.index(leaf) if leaf in walk.leaves else 0
    inside = min(walk.cursor.leaves[leaf][0] / max(pages, 1), 1)
    share = 1.0 if walk.cursor.sweep else (place + inside) / len(walk.leaves)
    filled = walk.cursor.filled
    rate = (filled - walk.before) / took
    total = round(filled / share)
    left = (total - filled) / rate if rate else 0.0
    text = f"backfill {walk.work.table}: {filled} rows, {rate:.0f} rows/s, {left:.0f} s left"
    facts = {"done": filled, "total": total, "rate": rate, "left": left}
    tell(walk.run, "progress", text, walk.step, table=walk.table, sweep=walk.cursor.sweep, **facts)


def _cursor(step: Step, run: Run) -> Cursor:
    """What the ledger has, unless the backfill was another one then."""
    found = run.ledger.read().steps.get((run.plan.revision, step.phase, step.position))
    if found is None or not found.cursor or found.fingerprint != print_of(step):
        return Cursor()
    return _read(found.cursor)


def _read(kept: Mapping[str, Any]) -> Cursor:
    leaves = {name: (page, node) for name, (page, node) in kept["leaves"].items()}
    return Cursor(kept["sweep"], kept["filled"], kept["found"], kept["previous"], leaves)
