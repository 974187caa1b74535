"""One batch of a backfill: its SQL, and the timeouts that make it step back before others wait."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phased.naming import quote, relation

if TYPE_CHECKING:
    from phased.guard import Run
    from phased.model import Backfill

TIMEOUTS = """
SELECT set_config('lock_timeout', least(%s, setting::int / 2)::text, true),
       set_config('statement_timeout', %s, true),
       set_config('phased.side', 'backfill', true)
FROM pg_settings WHERE name = 'deadlock_timeout'
"""
PATIENT = """
SELECT set_config('lock_timeout', (2 * setting::int + 1000)::text, true)
FROM pg_settings WHERE name = 'deadlock_timeout'
"""


def update(run: Run, work: Backfill, leaf: str, pages: tuple[int, int], *, again: bool) -> int:
    """Fill the rows of a range of pages, inside a transaction; how many there were.

    A row lock is waited for less long than PostgreSQL takes to look for a deadlock: in one with
    the application it is the backfill that steps back. The application waits for the rows of a
    batch `max_stall` at most; a single page is let through however long it takes. A trigger of
    `op.sync_columns()` is told not to take the new values for a new release's.

    Raises:
        LockNotAvailable: Somebody has a row locked.
        QueryCanceled: It took too long.
    """
    stall = round(run.settings.max_stall.total_seconds() * 1000)
    fuse = 0 if pages[1] - pages[0] == 1 else stall
    run.connection.execute(TIMEOUTS, (stall // 2, str(fuse)))
    return run.connection.execute(sql(work, leaf, pages, again=again).encode()).rowcount


def sql(work: Backfill, leaf: str, pages: tuple[int, int], *, again: bool = False) -> str:
    """The UPDATE of one batch: the rows of these pages that are still missing a value."""
    values = ", ".join(f"{quote(column)} = {value}" for column, value in assigned(work).items())
    alias = "" if leaf == relation(work.table, work.schema) else f" AS {quote(work.table)}"
    first, last = pages
    return (
        f"UPDATE ONLY {leaf}{alias} SET {values} WHERE ({missing(work, again=again)})"
        f" AND {_ctid(work)} >= '({first},0)' AND {_ctid(work)} < '({last},0)'"
    )


def _ctid(work: Backfill) -> str:
    return f"{quote(work.table)}.ctid"


def assigned(work: Backfill) -> dict[str, str]:
    """Column to what it is set to: a value that is there already stays."""
    if work.where or len(work.values) == 1:
        return dict(work.values)
    return {c: f"COALESCE({quote(c)}, {value})" for c, value in work.values.items()}


def missing(work: Backfill, *, again: bool) -> str:
    """The condition for a row that is still to be filled.

    A row that stays NULL because its expression is NULL is not looked at again.
    """
    if work.where:
        return work.where
    if not again:
        return " OR ".join(f"{quote(column)} IS NULL" for column in work.values)
    pairs = work.values.items()
    return " OR ".join(f"{quote(c)} IS NULL AND ({value}) IS NOT NULL" for c, value in pairs)


def analyze(run: Run, work: Backfill) -> None:
    """Statistics of what was filled; nobody's reads or writes wait behind the request."""
    columns = ", ".join(quote(column) for column in work.values)
    with run.connection.transaction():
        run.connection.execute(PATIENT)
        run.connection.execute(f"ANALYZE {relation(work.table, work.schema)} ({columns})".encode())
