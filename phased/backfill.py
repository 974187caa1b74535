"""The batch loop: which rows come next, when to pause, when to stop.

Walks the table by ranges of pages (TID range scans): the checkpoint is a page number that commits
with its batch, and a key, ordered or not, is not needed. A row that is updated meanwhile can move
to a page that was walked already, so the table is swept again until nothing is found.
"""

from __future__ import annotations

import time
from contextlib import ExitStack
from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING, Any

from psycopg.errors import DeadlockDetected, LockNotAvailable, QueryCanceled, UndefinedTable

from phased import batch, control, crew, row_function, walk
from phased.blocking import describe
from phased.cursor import advance, is_over, next_sweep
from phased.errors.backfill import BackfillPaused
from phased.guard import pause_after, spent, tell
from phased.ledger import Ledger
from phased.throttle import hold

if TYPE_CHECKING:
    from collections.abc import Callable

    from psycopg import Connection

    from phased.guard import Run
    from phased.model import Step
    from phased.walk import Task, Walk

BUSY = (LockNotAvailable, DeadlockDetected)
TOO_LONG = (QueryCanceled, row_function.TooLong)
LOOK_AGAIN = 0.5  # seconds, while paused
AROUND = """
(SELECT relfilenode::text FROM pg_class WHERE oid = to_regclass(%s)), ARRAY(
    SELECT 'pid ' || l.pid || coalesce(' (' || nullif(a.application_name, '') || ')', '')
    FROM pg_locks l LEFT JOIN pg_stat_activity a USING (pid)
    WHERE NOT l.granted AND pg_backend_pid() = ANY(pg_blocking_pids(l.pid)) ORDER BY l.pid)
"""
"""The file of a table, and who waits behind us."""


class Moved(Exception):
    """The pages are no longer what they were when the batch was planned."""


def fill(step: Step, run: Run) -> None:
    """Fill every row that is missing a value, a commit per batch, from where the ledger says.

    Raises:
        BackfillPaused: Somebody has paused it.
        LockBudgetSpent: Somebody keeps rows locked.
        FunctionFailed: The function that makes the values raised an error.
    """
    if step.backfill is None:
        raise TypeError(step)
    here = walk.begin(step, step.backfill, run)
    _refuse_paused(here)
    while True:
        walk.look_over(here)
        run.ledger.checkpoint(walk.standing(here))
        crew.work(here, partial(_work, here))
        if is_over(here.cursor, conditional=bool(here.work.where)):
            break
        next_sweep(here.cursor)
    _patiently(here, lambda: batch.analyze(run, here.work))


def _refuse_paused(here: Walk) -> None:
    asked = here.control
    if asked.paused_by:
        raise BackfillPaused(
            revision=here.run.plan.revision,
            table=here.table,
            by=asked.paused_by,
            at=asked.paused_at,
            filled=here.cursor.filled,
            command=here.run.command,
        )


def _work(here: Walk, connection: Connection[Any], workers: int) -> None:
    """Do batch after batch until nothing is left, or another number of workers is wanted."""
    while here.workers == workers and _may_go_on(here):
        task = walk.next_task(here)
        if task is None:
            return
        try:
            _batch(here, connection, task)
        finally:
            task.pages.taken = False


def _may_go_on(here: Walk) -> bool:
    """Wait as long as there is a reason to; whether it goes on then."""
    with here.gate:
        while not here.stop.is_set():
            if here.control.paused_by:
                _told_pause(here)
                _wait(here, LOOK_AGAIN)
                continue
            hold(here.pauses, partial(_wait, here))
            if not here.control.paused_by:
                break
    return not here.stop.is_set()


def _told_pause(here: Walk) -> None:
    asked = here.control
    if here.pauses.told[1] != "control":
        here.pauses.told = (time.monotonic(), "control")
        reason = f"paused by {asked.paused_by}; to go on: phased backfill resume"
        walk.waiting(here, reason, "control")


def _wait(here: Walk, seconds: float) -> bool:
    """Wait, and hear what is asked meanwhile; whether that is to end or to pause."""
    if here.stop.wait(seconds):
        return True
    if seconds >= LOOK_AGAIN:
        run, step = here.run, here.step
        walk.ask(here, control.asked(run.watched, run.plan.revision, step.phase, step.position))
    return bool(here.control.paused_by)


def _batch(here: Walk, connection: Connection[Any], task: Task) -> None:
    """Do a batch; where that cannot be done now, the range stays open."""
    began = time.monotonic()
    alone = task.pages.last - task.pages.first == 1
    try:
        filled = _commit(here, connection, task)
    except TOO_LONG:  # it would have kept its rows locked for too long
        if alone and not here.stop.is_set():
            raise
        walk.narrow(here, task)
    except BUSY:
        _busy(here, task, alone=alone)
    except (Moved, UndefinedTable) as error:
        walk.moved(here, connection, task)
        if isinstance(error, UndefinedTable) and task.name in here.ends:
            raise
    else:
        with here.mutex:
            here.stuck = 0.0
            took = time.monotonic() - began
            walk.adapt(here, task, filled, took)
            walk.progress(here, took)


def _commit(here: Walk, connection: Connection[Any], task: Task) -> int:
    """The rows that were filled, committed with the checkpoint.

    From its checkpoint to its commit a worker is alone: each writes down what all have done.
    """
    with ExitStack() as committing:
        with connection.transaction():
            filled = _update(here, connection, task)
            committing.enter_context(here.mutex)
            book = Ledger(connection, here.run.ledger.schema)
            row = walk.standing(here, task.pages, filled)
            asked, node, waiters = book.checkpoint(row, AROUND, task.name)
            if node != task.leaf.node or here.cursor.leaves.get(task.name) is not task.leaf:
                raise Moved
        advance(here.cursor, task.leaf, task.pages, filled)
        here.pauses.look.waiters = waiters or here.pauses.look.waiters
        walk.ask(here, control.read(asked))
    return filled


def _update(here: Walk, connection: Connection[Any], task: Task) -> int:
    work, again = here.work, here.cursor.sweep > 0
    stall = here.run.settings.max_stall.total_seconds()
    if task.name not in here.keys:
        here.keys[task.name] = batch.key_of(connection, work, task.name)
    statement = row_function.select if work.function else batch.sql
    text = statement(work, task.name, task.pages, here.keys[task.name], again=again)
    if not again and task.name not in here.told:
        here.told.add(task.name)
        tell(here.run, "statement", text, here.step)
    run = partial(batch.send, sql=text, stall=stall, pages=task.pages)
    if work.function:
        limit = None if task.pages.last - task.pages.first == 1 else stall
        return row_function.fill(connection, work, task.name, run, limit)
    with connection.cursor() as cursor:
        run(cursor)
        return cursor.rowcount


def _busy(here: Walk, task: Task, *, alone: bool) -> None:
    """Somebody has a row locked: the walk goes on without a single page, the sweep waits for it."""
    if alone and not here.cursor.sweep:
        with here.mutex:
            advance(here.cursor, task.leaf, task.pages, 0)
        return
    walk.narrow(here, task)
    _step_back(here)


def _patiently(here: Walk, action: Callable[[], None]) -> None:
    while True:
        try:
            return action()
        except BUSY:
            _step_back(here)


def _step_back(here: Walk) -> None:
    """Let others have the rows for a while."""
    run = here.run
    pause = pause_after(1, run.settings.max_stall.total_seconds())
    with here.mutex:
        run.attempts += 1
        here.stuck += pause
        run.waited += pause
        who = f"; in the way: {describe(run.blockers[0])}" if run.blockers else ""
        facts = {"blockers": [asdict(blocker) for blocker in run.blockers]}
        tell(run, "attempt", f"rows are locked, stepping back{who}", here.step, **facts)
        if here.stuck > run.settings.lock_budget.total_seconds():
            raise spent(here.step, run)
    here.stop.wait(pause)
