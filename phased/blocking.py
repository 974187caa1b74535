"""Who stands in the way: sessions that hold, or queue for, a lock that conflicts with ours."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from psycopg.rows import class_row

from phased.model import Lock
from phased.wording import duration

if TYPE_CHECKING:
    from collections.abc import Iterable

    from phased.guard import Run
    from phased.model import Step

CONFLICTS: dict[Lock, tuple[Lock, ...]] = {
    Lock.ACCESS_SHARE: (Lock.ACCESS_EXCLUSIVE,),
    Lock.ROW_SHARE: tuple(Lock)[6:],
    Lock.ROW_EXCLUSIVE: tuple(Lock)[4:],
    Lock.SHARE_UPDATE_EXCLUSIVE: tuple(Lock)[3:],
    Lock.SHARE: (Lock.ROW_EXCLUSIVE, Lock.SHARE_UPDATE_EXCLUSIVE, *tuple(Lock)[5:]),
    Lock.SHARE_ROW_EXCLUSIVE: tuple(Lock)[2:],
    Lock.EXCLUSIVE: tuple(Lock)[1:],
    Lock.ACCESS_EXCLUSIVE: tuple(Lock),
}
"""Source: https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-TABLES"""
_COLUMNS = """
    coalesce(a.pid, 0) AS pid, coalesce(a.usename, p.owner, '') AS "user",
    coalesce(a.application_name, '') AS application,
    coalesce(a.state, CASE WHEN a.pid IS NULL THEN 'prepared transaction' ELSE '' END) AS state,
    extract(epoch FROM clock_timestamp() - coalesce(a.xact_start, p.prepared))::float8 AS age,
    left(coalesce(a.query, p.gid, ''), 120) AS query,
    coalesce(a.backend_type = 'autovacuum worker', a.pid IS NOT NULL AND a.usename IS NULL)
        AS is_autovacuum
"""
HOLDERS = f"""
SELECT {_COLUMNS}, l.virtualtransaction AS transaction,
    l.relation::regclass::text AS relation, l.mode
FROM pg_locks l
JOIN unnest(%(names)s::text[], %(modes)s::text[]) AS wanted (name, mode)
  ON l.relation = to_regclass(wanted.name) AND l.mode = wanted.mode
LEFT JOIN pg_stat_activity a ON a.pid = l.pid
LEFT JOIN pg_prepared_xacts p ON l.pid IS NULL AND l.virtualtransaction = '-1/' || p.transaction
WHERE l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND l.pid IS DISTINCT FROM %(own)s AND l.pid IS DISTINCT FROM pg_backend_pid()
  AND (coalesce(a.xact_start, p.prepared) <= clock_timestamp() - %(young)s * interval '1 second')
      IS NOT FALSE
ORDER BY age DESC NULLS LAST, pid
"""
AHEAD = f"""
SELECT {_COLUMNS}, a.pid::text AS transaction, '' AS relation, '' AS mode
FROM pg_stat_activity a LEFT JOIN pg_prepared_xacts p ON false
WHERE a.pid = ANY(pg_blocking_pids(%s))
"""


@dataclass(frozen=True, slots=True)
class Blocker:
    """One session, or prepared transaction, in the way.

    Attributes:
        pid: Of its server process; 0 for a prepared transaction.
        user: Its role.
        application: Its `application_name`.
        state: `pg_stat_activity.state`; empty where we may not see it.
        age: Seconds since its transaction began; None where we may not see it.
        query: The beginning of its latest query, or the id of a prepared transaction.
        is_autovacuum: It is a worker of the server's own.
        transaction: Tells its transactions apart.
        relation: What it holds; empty when it is waited for in another way.
        mode: The lock, as `pg_locks` names it.
    """

    pid: int
    user: str
    application: str
    state: str
    age: float | None
    query: str
    is_autovacuum: bool
    transaction: str
    relation: str
    mode: str


def conflicting(step: Step) -> set[tuple[str, Lock]]:
    """The relations that the step locks, each with every mode that would keep it out."""
    return {
        (name, other)
        for statement in step.statements
        for name, lock in statement.locks.items()
        for other in CONFLICTS[lock]
    }


def holders(run: Run, wanted: Iterable[tuple[str, Lock]], young: float) -> list[Blocker]:
    """Who holds or queues for one of these locks, oldest transaction first, each once.

    Args:
        run: The age of what its role may not see counts from when it was first seen.
        wanted: Relations and modes.
        young: Seconds; transactions younger than that are left out.
    """
    pairs = sorted(wanted)
    parameters = {
        "names": [name for name, _ in pairs],
        "modes": [mode.value for _, mode in pairs],
        "own": run.connection.info.backend_pid,
        "young": young,
    }
    with run.watch.cursor(row_factory=class_row(Blocker)) as cursor:
        found = cursor.execute(HOLDERS, parameters).fetchall()
    once = {blocker.transaction: blocker for blocker in reversed(found)}
    return [blocker for blocker in reversed(once.values()) if _age(run, blocker) >= young]


def ahead(run: Run) -> list[Blocker]:
    """Whom our connection waits for right now, whatever it waits for."""
    with run.watch.cursor(row_factory=class_row(Blocker)) as cursor:
        return cursor.execute(AHEAD, (run.connection.info.backend_pid,)).fetchall()


def describe(blocker: Blocker) -> str:
    """One line: ``pid 7 web (app), idle in transaction for 5.0 s, AccessShareLock on users: …``."""
    pid = f"pid {blocker.pid}" if blocker.pid else "a prepared transaction"
    user = f" {blocker.user}" if blocker.user else ""
    application = f" ({blocker.application})" if blocker.application else ""
    state = blocker.state or "in a transaction"
    age = f" for {duration(blocker.age)}" if blocker.age is not None else ""
    held = f", {blocker.mode} on {blocker.relation}" if blocker.relation else ""
    return f"{pid}{user}{application}, {state}{age}{held}: {blocker.query}"


def _age(run: Run, blocker: Blocker) -> float:
    if blocker.age is not None:
        return blocker.age
    now = time.monotonic()
    return now - run.seen.setdefault(blocker.transaction, now)
