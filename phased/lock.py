"""One runner at a time: an advisory lock, polled, so that whoever waits holds no snapshot."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from phased.model import Event

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from psycopg import Connection

EVERY = 0.2  # seconds
TELL_AGAIN = 5.0  # seconds
TRY = "SELECT pg_try_advisory_lock(hashtext('phased'), hashtext(%s))"
FREE = "SELECT pg_advisory_unlock(hashtext('phased'), hashtext(%s))"
HOLDER = """
SELECT a.pid, a.usename, a.application_name, host(a.client_addr), a.backend_start
FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 2
  AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND l.classid = hashtext('phased')::oid AND l.objid = hashtext(%s)::oid
"""


@contextmanager
def only_runner(
    connection: Connection[Any], table: str, notify: Callable[[Event], None]
) -> Iterator[None]:
    """Hold the lock for this database and version table; say whom we wait for.

    Args:
        connection: In autocommit; the lock lives as long as it.
        table: The version table, so that two applications in one database do not wait.
        notify: Takes events.
    """
    told = -TELL_AGAIN
    while not _one(connection, TRY, table):
        found = holder(connection, table)
        if found and time.monotonic() - told > TELL_AGAIN:
            notify(Event("waiting", f"waiting for another runner: {found}"))
            told = time.monotonic()
        time.sleep(EVERY)
    try:
        yield
    finally:
        if not connection.broken:
            connection.execute(FREE, (table,))


def _one(connection: Connection[Any], sql: str, table: str) -> bool:
    row = connection.execute(sql, (table,)).fetchone()
    return bool(row and row[0])


def holder(connection: Connection[Any], table: str) -> str:
    """Who has the lock; empty when nobody does."""
    row = connection.execute(HOLDER, (table,)).fetchone()
    if row is None:
        return ""
    pid, user, application, address, began = row
    name = f" ({application})" if application else ""
    return f"pid {pid} {user}{name} at {address or 'local'}, since {began:%H:%M:%S}"
