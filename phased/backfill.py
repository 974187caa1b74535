"""The batch loop: where it stands, how large the next batch is, when to stop.

Walks the table by ranges of pages (TID range scans): the checkpoint is a page number that commits
with its batch, and a key, ordered or not, is not needed.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from psycopg.errors import DeadlockDetected, LockNotAvailable

from phased.guard import row, tell
from phased.model import StepState
from phased.naming import quote, relation

if TYPE_CHECKING:
    from phased.guard import Run
    from phased.model import Backfill, Step

FIRST_PAGES = 64
MOST_PAGES = 16_384
LEAVES = """
SELECT c.oid::regclass::text, c.relfilenode::text
FROM pg_partition_tree(to_regclass(%(table)s)) t JOIN pg_class c ON c.oid = t.relid
WHERE t.isleaf AND c.relkind = 'r'
UNION
SELECT c.oid::regclass::text, c.relfilenode::text
FROM pg_class c WHERE c.oid = to_regclass(%(table)s) AND c.relkind = 'r'
ORDER BY 1
"""
PAGES = "SELECT pg_relation_size(to_regclass(%s)) / current_setting('block_size')::int"


@dataclass(frozen=True, slots=True)
class Leaf:
    """A table without partitions, and the file its rows are in."""

    name: str
    node: str


@dataclass(slots=True)
class Walk:
    """One backfill under way; pages are counted over all leaves."""

    run: Run
    step: Step
    work: Backfill
    cursors: dict[str, dict[str, Any]]
    began: float = field(default_factory=time.monotonic)
    filled: int = 0
    seen: int = 0
    total: int = 0


def fill(step: Step, run: Run) -> None:
    """Fill every row that is missing a value, a commit per batch, from where the ledger says."""
    if step.backfill is None:
        raise TypeError(step)
    walk = Walk(run, step, step.backfill, _cursors(step, run))
    name = relation(walk.work.table, walk.work.schema)
    found = run.connection.execute(LEAVES, {"table": name}).fetchall()
    leaves = [Leaf(*columns) for columns in found]
    walk.total = sum(_pages(run, leaf) for leaf in leaves)
    for leaf in leaves:
        _walk(walk, leaf)
    columns = ", ".join(quote(column) for column in walk.work.values)
    run.connection.execute(f"ANALYZE {name} ({columns})")


def update(work: Backfill, table: str, first: int, last: int) -> str:
    """The UPDATE of one batch: the rows of these pages that are still missing a value."""
    values = ", ".join(f"{quote(column)} = {value}" for column, value in work.values.items())
    pages = f"ctid >= '({first},0)' AND ctid < '({last},0)'"
    return f"UPDATE ONLY {table} SET {values} WHERE ({missing(work)}) AND {pages}"


def missing(work: Backfill) -> str:
    """The condition for a row that is still to be filled."""
    return work.where or " OR ".join(f"{quote(column)} IS NULL" for column in work.values)


def first_page(leaf: Leaf, cursors: dict[str, dict[str, Any]]) -> int:
    """Where the walk of a leaf goes on; at the start, if its rows have moved to a new file."""
    found = cursors.get(leaf.name, {})
    return int(found["page"]) if found.get("node") == leaf.node else 0


def next_size(size: int, took: float, target: float) -> int:
    """Pages for the next batch: towards the target duration, at most doubling or halving."""
    wanted = size * target / max(took, 0.001)
    return round(min(max(wanted, size / 2, 1), size * 2, MOST_PAGES))


def _walk(walk: Walk, leaf: Leaf) -> None:
    page, size = first_page(leaf, walk.cursors), FIRST_PAGES
    walk.seen += page
    target = walk.run.settings.batch_duration.total_seconds()
    while page < _pages(walk.run, leaf):
        began = time.monotonic()
        try:
            _batch(walk, leaf, page, page + size)
        except (LockNotAvailable, DeadlockDetected):
            size = max(1, size // 2)
            time.sleep(walk.run.settings.max_stall.total_seconds())
            continue
        page += size
        walk.seen = min(walk.seen + size, walk.total)
        _progress(walk)
        size = next_size(size, time.monotonic() - began, target)


def _batch(walk: Walk, leaf: Leaf, first: int, last: int) -> None:
    run, sql = walk.run, update(walk.work, leaf.name, first, last)
    # A row lock is waited for less long than PostgreSQL takes to look for a deadlock: in one with
    # the application it is the backfill that steps back.
    wait = round(run.settings.max_stall.total_seconds() * 1000)
    walk.cursors[leaf.name] = {"page": last, "node": leaf.node}
    with run.connection.transaction():
        run.connection.execute("SELECT set_config('lock_timeout', %s, true)", (f"{wait}ms",))
        tell(run, "statement", sql, walk.step)
        filled = run.connection.execute(sql).rowcount
        standing = row(walk.step, run, StepState.RUNNING)
        run.ledger.write(replace(standing, cursor=walk.cursors))
    walk.filled += filled


def _progress(walk: Walk) -> None:
    took = max(time.monotonic() - walk.began, 0.001)
    rate, share = walk.filled / took, walk.seen / max(walk.total, 1)
    left = took / share - took if share else 0.0
    facts = {"done": walk.filled, "total": round(walk.filled / share) if share else None}
    text = f"backfill {walk.work.table}: {walk.filled} rows, {rate:.0f} rows/s, {left:.0f} s left"
    table = relation(walk.work.table, walk.work.schema)
    tell(walk.run, "progress", text, walk.step, table=table, rate=rate, left=left, **facts)


def _cursors(step: Step, run: Run) -> dict[str, dict[str, Any]]:
    found = run.ledger.read().steps.get((run.plan.revision, step.phase, step.position))
    return dict(found.cursor or {}) if found else {}


def _pages(run: Run, leaf: Leaf) -> int:
    found = run.connection.execute(PAGES, (leaf.name,)).fetchone()
    return int(found[0]) if found else 0
