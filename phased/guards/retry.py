"""A lock attempt that times out is repeated: back off with jitter, within `lock_budget`."""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING

from psycopg.errors import DeadlockDetected, LockNotAvailable

from phased.guard import spent, tell

if TYPE_CHECKING:
    from collections.abc import Callable

    from phased.guard import Run
    from phased.model import Step

ORDER = 20
LONGEST_PAUSE = 5.0  # seconds


def guard(call_next: Callable[[], None], step: Step, run: Run) -> None:
    """Try until the step has its locks.

    Raises:
        LockBudgetSpent: It did not get them in time; the last attempt had a timeout like the first.
    """
    deadline = time.monotonic() + run.settings.lock_budget.total_seconds()
    while True:
        run.attempts += 1
        try:
            return call_next()
        except (LockNotAvailable, DeadlockDetected) as error:
            tell(run, "attempt", _text(run), step, attempt=run.attempts, sqlstate=error.sqlstate)
        pause = pause_after(run.attempts, run.settings.max_stall.total_seconds())
        if time.monotonic() + pause > deadline:
            raise spent(step, run)
        run.waited += pause
        time.sleep(pause)


def pause_after(attempts: int, max_stall: float) -> float:
    """Seconds to stay away: at least as long as the attempt could stall others, then longer."""
    grown = min(max_stall * 2.0 ** (attempts - 1), LONGEST_PAUSE)
    return max(max_stall, grown * random.uniform(0.5, 1.5))  # noqa: S311 # jitter, not a secret


def _text(run: Run) -> str:
    milliseconds = round(run.settings.max_stall.total_seconds() * 1000)
    return f"no lock within {milliseconds} ms (attempt {run.attempts}); stepping back"
