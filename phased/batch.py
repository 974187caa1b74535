"""One batch of a backfill: its SQL, and the timeouts that make it step back before others wait."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from phased.naming import quote, relation

if TYPE_CHECKING:
    from psycopg import Connection, Cursor

    from phased.cursor import Range
    from phased.guard import Run
    from phased.model import Backfill

TIMEOUTS = """
SELECT set_config('lock_timeout', least({lock}, setting::int / 2)::text, true),
       set_config('statement_timeout', '{statement}', true),
       set_config('phased.side', 'backfill', true)
FROM pg_settings WHERE name = 'deadlock_timeout'
"""
PATIENT = """
SELECT set_config('lock_timeout', (2 * setting::int + 1000)::text, true)
FROM pg_settings WHERE name = 'deadlock_timeout'
"""
LEAVES = """
WITH RECURSIVE tree (oid) AS (
    SELECT %s::regclass::oid
    UNION SELECT i.inhrelid FROM tree t JOIN pg_inherits i ON i.inhparent = t.oid
)
SELECT c.oid::regclass::text, pg_relation_size(c.oid) / current_setting('block_size')::int,
    c.relfilenode::text
FROM tree t JOIN pg_class c USING (oid)
WHERE c.relkind = 'r' AND pg_relation_size(c.oid) IS NOT NULL ORDER BY 1
"""
KEY = """
SELECT array_agg(a.attname::text ORDER BY k.place)
FROM pg_index i
CROSS JOIN unnest(i.indkey::int2[]) WITH ORDINALITY AS k (number, place)
JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number
JOIN pg_type t ON t.oid = a.atttypid
WHERE i.indrelid = to_regclass(%s) AND i.indisprimary AND k.place <= i.indnkeyatts
HAVING bool_and(t.typcategory IN ('S', 'E') OR EXISTS (
    SELECT FROM pg_opclass o JOIN pg_am m ON m.oid = o.opcmethod AND m.amname = 'hash'
    WHERE o.opcdefault AND o.opcintype = t.oid))
"""


def send(cursor: Cursor[Any], sql: str, stall: float, pages: Range) -> None:
    """Run a batch inside its transaction, in one message with its timeouts.

    A row lock is waited for less long than PostgreSQL takes to look for a deadlock: in one with
    the application it is the backfill that steps back. The application waits for the rows of a
    batch `max_stall` at most; a single page is let through however long it takes. A trigger of
    `op.sync_columns()` is told not to take the new values for a new release's.

    Args:
        cursor: Left at the result of the batch.
        sql: One statement.
        stall: Seconds that others may wait.
        pages: A single page has no time limit.
    """
    stalled = round(stall * 1000)
    fuse = 0 if pages.last - pages.first == 1 else stalled
    timeouts = TIMEOUTS.format(lock=stalled // 2, statement=fuse)
    cursor.execute(f"{timeouts};\n{sql}".encode(), prepare=False)
    cursor.nextset()


def sql(work: Backfill, leaf: str, pages: Range, key: str = "", *, again: bool = False) -> str:
    """The UPDATE of one batch: the rows of these pages that are still missing a value."""
    values = ", ".join(f"{quote(column)} = {value}" for column, value in assigned(work).items())
    chosen = rows(work, pages, key, again=again)
    return f"UPDATE ONLY {aliased(work, leaf)} SET {values} WHERE {chosen}"


def rows(work: Backfill, pages: Range, key: str = "", *, again: bool = False) -> str:
    """The condition for the rows of a batch: still missing, on these pages, of this stride."""
    table = quote(work.table)
    number = key or f"hashtid({table}.ctid)"
    mask = pages.strides - 1  # a power of two, less one: a remainder could be negative
    stride = f" AND ({number} & {mask}) = {pages.stride}" if mask else ""
    return (
        f"({missing(work, again=again)}) AND {table}.ctid >= '({pages.first},0)'"
        f" AND {table}.ctid < '({pages.last},0)'{stride}"
    )


def aliased(work: Backfill, leaf: str) -> str:
    """A leaf under the name that the expressions know."""
    return leaf if leaf == relation(work.table, work.schema) else f"{leaf} AS {quote(work.table)}"


def key_of(connection: Connection[Any], work: Backfill, leaf: str) -> str:
    """A hash of the primary key; empty where there is none, and the row's place has to do.

    A row that is filled with NULL gets a new place: by that it could be met again.
    """
    found = connection.execute(KEY, (leaf,)).fetchone()
    if found is None or not found[0]:
        return ""
    columns = ", ".join(f"{quote(work.table)}.{quote(name)}" for name in found[0])
    return f"hash_record(ROW({columns}))"


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
    if not again or work.function:
        return " OR ".join(f"{quote(column)} IS NULL" for column in work.values)
    pairs = work.values.items()
    return " OR ".join(f"{quote(c)} IS NULL AND ({value}) IS NOT NULL" for c, value in pairs)


def analyze(run: Run, work: Backfill) -> None:
    """Statistics of what was filled; nobody's reads or writes wait behind the request."""
    columns = ", ".join(quote(column) for column in work.values)
    with run.connection.transaction():
        run.connection.execute(PATIENT)
        run.connection.execute(f"ANALYZE {relation(work.table, work.schema)} ({columns})".encode())
