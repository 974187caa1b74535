"""Look before queueing: who holds a conflicting lock for long is waited for outside the queue.

A queued ACCESS EXCLUSIVE request stalls everyone behind it, so the wait happens without a request.
Transactions younger than `max_stall` do not count: traffic is always holding locks for an instant.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from phased.guard import spent, tell
from phased.model import Lock

if TYPE_CHECKING:
    from collections.abc import Callable

    from phased.guard import Run
    from phased.model import Step

ORDER = 30
LOOK_AGAIN = 0.1  # seconds
CONFLICTS: dict[Lock, tuple[Lock, ...]] = {
    Lock.SHARE_UPDATE_EXCLUSIVE: tuple(Lock)[3:],
    Lock.SHARE: (Lock.ROW_EXCLUSIVE, Lock.SHARE_UPDATE_EXCLUSIVE, *tuple(Lock)[5:]),
    Lock.SHARE_ROW_EXCLUSIVE: tuple(Lock)[2:],
    Lock.EXCLUSIVE: tuple(Lock)[1:],
    Lock.ACCESS_EXCLUSIVE: tuple(Lock),
}
QUERY = """
SELECT coalesce(a.pid, 0), coalesce(a.usename, p.owner, ''), coalesce(a.application_name, ''),
       coalesce(a.state, 'prepared transaction'), l.relation::regclass::text, l.mode,
       extract(epoch FROM clock_timestamp() - coalesce(a.xact_start, p.prepared))::float8,
       left(coalesce(a.query, p.gid, ''), 120)
FROM pg_locks l
JOIN unnest(%(names)s::text[], %(modes)s::text[]) AS wanted (name, mode)
  ON l.relation = to_regclass(wanted.name) AND l.mode = wanted.mode
LEFT JOIN pg_stat_activity a ON a.pid = l.pid
LEFT JOIN pg_prepared_xacts p ON l.pid IS NULL AND l.virtualtransaction = '-1/' || p.transaction
WHERE l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND l.pid IS DISTINCT FROM %(own)s AND l.pid IS DISTINCT FROM pg_backend_pid()
  AND coalesce(a.xact_start, p.prepared) < clock_timestamp() - %(young)s
ORDER BY 7 DESC
"""


def guard(call_next: Callable[[], None], step: Step, run: Run) -> None:
    """Wait until nobody holds for long what the step needs, and say who does.

    Raises:
        LockBudgetSpent: They still hold it at the end of the budget.
    """
    wanted = _conflicting(step)
    began, told = time.monotonic(), 0.0
    while wanted:
        run.blockers = _blockers(run, wanted)
        if not run.blockers:
            break
        elapsed = time.monotonic() - began
        if elapsed > run.settings.lock_budget.total_seconds():
            raise spent(step, run)
        if elapsed >= told:
            tell(run, "waiting", f"waiting for {run.blockers[0]}", step, blockers=run.blockers)
            told = elapsed + 5
        time.sleep(LOOK_AGAIN)
    run.waited += time.monotonic() - began
    call_next()


def _conflicting(step: Step) -> list[tuple[str, str]]:
    return [
        (name, other.value)
        for statement in step.statements
        for name, lock in statement.locks.items()
        for other in CONFLICTS.get(lock, ())
    ]


def _blockers(run: Run, wanted: list[tuple[str, str]]) -> list[str]:
    names, modes = zip(*sorted(set(wanted)), strict=True)
    parameters = {
        "names": list(names),
        "modes": list(modes),
        "own": run.connection.info.backend_pid,
        "young": run.settings.max_stall,
    }
    rows = run.watch.execute(QUERY, parameters).fetchall()
    return list(dict.fromkeys(_described(*row) for row in rows))


def _described(  # noqa: PLR0913, PLR0917 # one parameter a column of the query
    pid: int, user: str, app: str, state: str, table: str, mode: str, age: float, query: str
) -> str:
    who = f"pid {pid}" if pid else "a prepared transaction"
    app = f" ({app})" if app else ""
    return f"{who} {user}{app}, {state} for {age:.0f} s, {mode} on {table}: {query}"
