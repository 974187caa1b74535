"""CONCURRENTLY is watched, and picked up where a killed run left it.

An INVALID index that an earlier attempt of ours left behind is dropped and built again; one that is
valid was finished before the run could say so. `IF NOT EXISTS` would keep the corpse.
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

import postgast
import psycopg

from phased.guard import finish, tell
from phased.model import StepState
from phased.naming import relation

if TYPE_CHECKING:
    from collections.abc import Callable

    from phased.guard import Run
    from phased.model import Step

ORDER = 40
EVERY = 0.5  # seconds
PROGRESS = """
SELECT p.phase, p.blocks_done, p.blocks_total, p.index_relid::regclass::text
FROM pg_stat_progress_create_index p WHERE p.pid = %s
"""
"""Source: https://www.postgresql.org/docs/current/progress-reporting.html"""
STATE = """
SELECT i.indisvalid FROM pg_index i WHERE i.indexrelid = to_regclass(%s)
"""


def guard(call_next: Callable[[], None], step: Step, run: Run) -> None:
    """Clear away what is left of an earlier attempt, then run and report progress."""
    if step.transactional or step.backfill:
        return call_next()
    index = index_of(step.statements[0].sql)
    if index and _left_behind(index, step, run):
        return None
    with _Watch(run, step):
        return call_next()


def index_of(sql: str) -> tuple[str, bool] | None:
    """The index a statement creates (True) or drops (False) concurrently, if it does."""
    node = postgast.parse(sql).stmts[0].stmt
    if node.HasField("index_stmt"):
        made = node.index_stmt
        return relation(made.idxname, made.relation.schemaname or None), True
    if node.HasField("drop_stmt"):
        parts = [part.string.sval for part in node.drop_stmt.objects[0].list.items]
        return relation(parts[-1], ".".join(parts[:-1]) or None), False
    return None


def _left_behind(index: tuple[str, bool], step: Step, run: Run) -> bool:
    """Whether an earlier attempt of ours had finished; an unfinished index of ours is dropped."""
    name, creates = index
    valid = _valid(run, name)
    if not _ours(step, run):
        return False
    if (valid is True and creates) or (valid is None and not creates):
        _finish(step, run)
        return True
    if valid is False and creates:
        tell(run, "notice", f"dropping {name}: an earlier attempt left it INVALID", step)
        run.connection.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
    return False


def _finish(step: Step, run: Run) -> None:
    with run.connection.transaction():
        finish(step, run, began=time.monotonic())


def _ours(step: Step, run: Run) -> bool:
    if run.undoing:
        return True
    row = run.ledger.read().steps.get((run.plan.revision, step.phase, step.position))
    return row is not None and row.state in {StepState.RUNNING, StepState.FAILED}


def _valid(run: Run, name: str) -> bool | None:
    row = run.connection.execute(STATE, (name,)).fetchone()
    return row[0] if row else None


class _Watch:
    """Reports the progress of an index build from the other connection, while it runs."""

    def __init__(self, run: Run, step: Step) -> None:
        self.run, self.step = run, step
        self.over = threading.Event()
        self.thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> None:
        self.thread.start()

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self.thread.join()

    def _watch(self) -> None:
        pid = self.run.connection.info.backend_pid
        while not self.over.wait(EVERY):
            try:
                row = self.run.watch.execute(PROGRESS, (pid,)).fetchone()
            except psycopg.Error:
                return
            if row:
                self._tell(*row)

    def _tell(self, phase: str, done: Any, total: Any, index: str) -> None:
        text = f"building {index}: {phase}, {done}/{total} blocks"
        facts = {"index": index, "phase": phase, "done": done, "total": total}
        tell(self.run, "progress", text, self.step, **facts)
