"""A lock attempt that times out is repeated: back off with jitter, within `lock_budget`."""

from __future__ import annotations

import time
from dataclasses import asdict
from typing import TYPE_CHECKING

from psycopg.errors import DeadlockDetected, LockNotAvailable

from phased.blocking import conflicting, describe, holders
from phased.guard import pause_after, spent, tell

if TYPE_CHECKING:
    from collections.abc import Callable

    from psycopg import Error

    from phased.guard import Run
    from phased.model import Step

ORDER = 20


def guard(call_next: Callable[[], None], step: Step, run: Run) -> None:
    """Try until the step has its locks.

    Raises:
        LockBudgetSpent: It did not get them in time; the last attempt had a timeout like the first.
    """
    stall = run.settings.max_stall.total_seconds()
    while True:
        run.attempts += 1
        try:
            return call_next()
        except (LockNotAvailable, DeadlockDetected) as error:
            _tell(error, step, run)
        pause = pause_after(run.attempts, stall)
        run.waited += stall + pause
        if run.waited > run.settings.lock_budget.total_seconds():
            raise spent(step, run)
        time.sleep(pause)


def _tell(error: Error, step: Step, run: Run) -> None:
    """Say who was in the way: whoever still is, however young."""
    run.blockers = holders(run, conflicting(step), young=0) or run.blockers
    who = f"; in the way: {describe(run.blockers[0])}" if run.blockers else ""
    facts = {"blockers": [asdict(blocker) for blocker in run.blockers]}
    text = f"no lock (attempt {run.attempts}), stepping back{who}"
    tell(run, "attempt", text, step, attempt=run.attempts, sqlstate=error.sqlstate, **facts)
