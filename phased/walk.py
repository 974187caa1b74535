"""A backfill under way: what its workers share, and how fast they go."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from phased import control, cursor
from phased.batch import LEAVES
from phased.control import Control
from phased.cursor import Cursor, Leaf
from phased.guard import row, tell
from phased.model import StepState
from phased.naming import relation
from phased.rollout import print_of
from phased.throttle import Look, Pauses

if TYPE_CHECKING:
    from psycopg import Connection

    from phased.cursor import Range
    from phased.guard import Run
    from phased.ledger import StepRow
    from phased.model import Backfill, Step

STRIDES = 8
FEW_PAGES = 10  # for a table that small it does not pay to walk it in strides
FIRST_PAGES = 256
FIRST_FOR_FUNCTION = 16
SPARSE = 2  # rows to fill per page below which one walk over a range is enough
ROWS_PER_PAGE = 50  # for the first range alone


@dataclass(frozen=True, slots=True)
class Task:
    """One batch: a stride of a range of pages."""

    name: str
    leaf: Leaf
    pages: Range


@dataclass(slots=True)
class Walk:
    """One backfill under way.

    Attributes:
        ends: Leaf to the pages it had when the sweep came to it; what is written meanwhile, also
            by ourselves, goes to its end: that is for the next sweep.
        control: What was last asked of it from another terminal.
        width: Pages of the next range.
        strides: Of the next range.
        keys: Leaf to the SQL that tells its rows into strides.
        told: Leaves whose SQL has been told.
        stuck: Seconds since the last batch that got its locks.
        before: Rows that were filled before this run.
        stop: Set when the workers are to end.
        failed: What went wrong first.
        mutex: Over all of this, and from a checkpoint to its commit.
        gate: Only one worker looks for reasons to pause; the others wait with it.
    """

    run: Run
    step: Step
    work: Backfill
    cursor: Cursor
    pauses: Pauses
    control: Control = field(default_factory=Control)
    ends: dict[str, int] = field(default_factory=dict)
    width: int = FIRST_PAGES
    strides: int = STRIDES
    keys: dict[str, str] = field(default_factory=dict)
    told: set[str] = field(default_factory=set)
    began: float = field(default_factory=time.monotonic)
    stuck: float = 0.0
    before: int = 0
    stop: threading.Event = field(default_factory=threading.Event)
    failed: BaseException | None = None
    mutex: Any = field(default_factory=threading.RLock)
    gate: threading.Lock = field(default_factory=threading.Lock)

    @property
    def table(self) -> str:
        """The table as the revision names it, for SQL."""
        return relation(self.work.table, self.work.schema)

    @property
    def target(self) -> float:
        """Seconds that a batch should take."""
        asked = self.control.batch_ms
        return asked / 1000 if asked else self.run.settings.batch_duration.total_seconds()

    @property
    def workers(self) -> int:
        """Connections to work over."""
        return self.control.workers or self.run.settings.backfill_workers


def begin(step: Step, work: Backfill, run: Run) -> Walk:
    """The walk as the ledger has it, unless the backfill was another one then."""
    found = run.ledger.read(run.plan.revision).steps
    standing = found.get((run.plan.revision, step.phase, step.position))
    kept = standing.cursor if standing and standing.fingerprint == print_of(step) else None
    stands = cursor.read(kept or {})
    walk = Walk(run, step, work, stands, Pauses(Look(run.watch, run.settings), lambda *_: None))
    walk.pauses.tell = lambda reason, name: waiting(walk, reason, name)
    walk.before = stands.filled
    ask(walk, control.read((standing.cursor or {}).get("control") or {}) if standing else Control())
    walk.width = _first_width(walk)
    return walk


def _first_width(walk: Walk) -> int:
    rate = walk.pauses.look.rate
    width = FIRST_FOR_FUNCTION if walk.work.function else FIRST_PAGES
    return max(1, min(width, rate * STRIDES // ROWS_PER_PAGE)) if rate else width


def ask(walk: Walk, asked: Control) -> None:
    """Do as asked from now on."""
    walk.control = asked
    rate = walk.run.settings.backfill_rate if asked.rate is None else asked.rate
    walk.pauses.look.rate = rate or 0


def look_over(walk: Walk) -> None:
    """See what there is to walk in this sweep; a leaf with a new file is walked from its start."""
    connection = walk.run.connection
    found = connection.execute(LEAVES, (walk.table,)).fetchall()
    known, walk.cursor.leaves = walk.cursor.leaves, {}
    walk.ends = {}
    for name, pages, node in found:
        leaf = known.get(name)
        walk.cursor.leaves[name] = leaf if leaf and leaf.node == node else Leaf(node)
        walk.ends[name] = pages
        if leaf and leaf.node == node:
            walk.told.add(name)
    walk.pauses.look.leaves = list(walk.ends)
    if walk.workers > 1:  # something for each, also in a small table
        walk.width = max(1, min(walk.width, sum(walk.ends.values()) // (2 * walk.workers)))


def moved(walk: Walk, connection: Connection[Any], task: Task) -> None:
    """The rows of a leaf are in a new file: walk that from its start; or the leaf is gone."""
    found = connection.execute(LEAVES, (walk.table,)).fetchall()
    with walk.mutex:
        if walk.cursor.leaves.get(task.name) is not task.leaf:
            return
        del walk.ends[task.name], walk.cursor.leaves[task.name]
        walk.told.discard(task.name)
        for name, pages, node in found:
            if name == task.name:
                walk.ends[name], walk.cursor.leaves[name] = pages, Leaf(node)


def next_task(walk: Walk) -> Task | None:
    """What a worker does next; None when nothing is left, or it is to end."""
    if walk.stop.is_set():
        return None
    with walk.mutex:
        for name, end in walk.ends.items():
            leaf = walk.cursor.leaves[name]
            strides = 1 if walk.cursor.sweep or end <= FEW_PAGES else walk.strides
            pages = cursor.take(leaf, end, walk.width, strides)
            if pages:
                return Task(name, leaf, pages)
    return None


def adapt(walk: Walk, task: Task, filled: int, took: float) -> None:
    """Let the next batch come nearer to the target; one that the rate holds up counts as long.

    None is smaller than the rows of a page: where that takes too long, it is not for their number.
    """
    pages, look = task.pages, walk.pauses.look
    now, paid = time.monotonic(), filled / look.rate if look.rate else 0.0
    look.took = took
    look.free_at = max(look.free_at, now - took) + paid
    took = max(took, paid)
    pages.longest = max(pages.longest, took)
    width = pages.last - pages.first
    if took > walk.target:
        smaller = max(pages.strides, cursor.next_width(width, took, walk.target))
        walk.width = min(walk.width, smaller)
    elif pages.stride == pages.strides and width >= walk.width:
        walk.width = cursor.next_width(width, pages.longest, walk.target)
    if pages.stride == pages.strides:
        walk.strides = STRIDES if pages.filled >= SPARSE * width else 1


def narrow(walk: Walk, task: Task) -> None:
    """The next batch is to be half as large."""
    walk.width = max(1, (task.pages.last - task.pages.first) // 2)


def _kept(walk: Walk, done: Range | None, filled: int) -> dict[str, Any]:
    sums = figures(walk, walk.cursor.filled + filled)
    names = {"table": walk.table, "workers": walk.workers, "progress": sums}
    return {**cursor.kept(walk.cursor, done, filled), **names}


def figures(walk: Walk, filled: int) -> dict[str, float]:
    """Rows done, rows in all as far as can be told, rows per second, seconds left."""
    took = max(time.monotonic() - walk.began, 0.001)
    part = 1.0 if walk.cursor.sweep else cursor.share(walk.cursor, walk.ends)
    rate = (filled - walk.before) / took
    total = max(filled, round(filled / part)) if part > 0 else filled
    left = (total - filled) / rate if rate > 0 else 0.0
    return {"done": filled, "total": total, "rate": rate, "left": left}


def progress(walk: Walk, took: float) -> None:
    """Tell how far it is, and how long the last batch took."""
    sums = figures(walk, walk.cursor.filled)
    done, rate, left = sums["done"], sums["rate"], sums["left"]
    text = f"backfill {walk.work.table}: {done} rows, {rate:.0f} rows/s, {left:.0f} s left"
    facts: dict[str, Any] = {"table": walk.table, "sweep": walk.cursor.sweep, **sums}
    facts["took"] = took
    tell(walk.run, "progress", text, walk.step, **facts)


def waiting(walk: Walk, reason: str, name: str) -> None:
    """Tell why it pauses, here and to who looks from another terminal."""
    run, step = walk.run, walk.step
    text = f"backfill {walk.work.table} pauses: {reason}"
    with walk.mutex:
        place = step.phase.word, step.position
        control.publish(run.watched, run.plan.revision, place, reason)
        tell(run, "waiting", text, step, table=walk.table, pause=name, reason=reason)


def standing(walk: Walk, done: Range | None = None, filled: int = 0) -> StepRow:
    """What the ledger is told: where it stands, with this batch behind it."""
    found = row(walk.step, walk.run, StepState.RUNNING)
    return replace(found, cursor=_kept(walk, done, filled))
