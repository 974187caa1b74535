"""Look before queueing: who holds a conflicting lock for long is waited for outside the queue.

A queued ACCESS EXCLUSIVE request stalls everyone behind it, so the wait happens without a request.
Transactions younger than `max_stall` do not count: traffic is always holding locks for an instant.
Nor do those that come while we wait: a steady traffic of slow queries would keep us out for ever,
and an attempt among them has its timeout.
"""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import asdict
from typing import TYPE_CHECKING

from psycopg.errors import LockNotAvailable

from phased.blocking import conflicting, describe, holders
from phased.guard import spent, tell

if TYPE_CHECKING:
    from collections.abc import Callable

    from phased.blocking import Blocker
    from phased.guard import Run
    from phased.model import Step

ORDER = 30
LOOK_AGAIN = 0.1  # seconds
TELL_AGAIN = 5.0  # seconds
WRAPAROUND = "to prevent wraparound"  # in the query of an autovacuum that does not step aside
DISLODGE = """
SELECT set_config('lock_timeout', (2 * setting::int + 1000)::text, true)
FROM pg_settings WHERE name = 'deadlock_timeout'
"""


def guard(call_next: Callable[[], None], step: Step, run: Run) -> None:
    """Wait until nobody of those who are there now holds what the step needs, and say who does.

    Raises:
        LockBudgetSpent: They still hold it at the end of the budget.
    """
    if conflicting(step):
        _wait(step, run)
    call_next()


def _wait(step: Step, run: Run) -> None:
    waiting_for, told = {blocker.transaction for blocker in _look(step, run)}, -TELL_AGAIN
    while waiting_for:
        now = time.monotonic()
        if now - told > TELL_AGAIN:
            _tell(step, run)
            told = now
        _dislodge(run)
        time.sleep(LOOK_AGAIN)
        waiting_for &= {blocker.transaction for blocker in _look(step, run)}
        run.waited += time.monotonic() - now
        if waiting_for and run.waited > run.settings.lock_budget.total_seconds():
            raise spent(step, run)


def _look(step: Step, run: Run) -> list[Blocker]:
    """Who is in the way for long; behind CONCURRENTLY, autovacuum steps aside by itself."""
    found = holders(run, conflicting(step), run.settings.max_stall.total_seconds())
    run.blockers = [b for b in found if step.transactional or not _steps_aside(b)]
    return run.blockers


def _tell(step: Step, run: Run) -> None:
    facts = {"blockers": [asdict(blocker) for blocker in run.blockers]}
    tell(run, "waiting", f"waiting for {describe(run.blockers[0])}", step, **facts)


def _steps_aside(blocker: Blocker) -> bool:
    return blocker.is_autovacuum and WRAPAROUND not in blocker.query


def _dislodge(run: Run) -> None:
    """PostgreSQL ends an autovacuum that somebody has waited behind for `deadlock_timeout`.

    That is longer than a lock attempt may last; but nobody's reads and writes wait behind a
    request for SHARE UPDATE EXCLUSIVE.
    """
    for blocker in run.blockers:
        if _steps_aside(blocker) and blocker.relation:
            with suppress(LockNotAvailable), run.watch.transaction():
                run.watch.execute(DISLODGE)
                lock = f"LOCK TABLE ONLY {blocker.relation} IN SHARE UPDATE EXCLUSIVE MODE"
                run.watch.execute(lock.encode())
