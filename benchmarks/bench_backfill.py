"""Fill a new column of a large table: one UPDATE, batches by primary key, and `op.backfill`.

`--rows` (or `BENCH_ROWS`) for a quicker run than two million. Every variant begins with the same
files: a copy of one database, vacuumed and analysed, with autovacuum off for the table, so that
none meets it by chance. `op.backfill` is run as a user runs it, and its time includes the sweep
that looks for rows that moved, and ANALYZE; the others have neither.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import tempfile
import time
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
from projects import BIN, ROOT, conninfo, new_database, server, write
from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Fill = Callable[[], tuple[float, list[float]]]

ROWS = 2_000_000
BATCH = 5_000
TEMPLATE = "bench_backfill_template"
DATABASE = "bench_backfill"
VALUE = "lower(name) || '@example.org'"
START = """
CREATE TABLE users (id bigint PRIMARY KEY, name text NOT NULL, email text NOT NULL,
    seen timestamptz NOT NULL, handle text) WITH (autovacuum_enabled = false);
INSERT INTO users SELECT g, 'Name ' || g, md5(g::text), now() - g * interval '1 second'
    FROM generate_series(1, {rows}) g;
CREATE INDEX ON users (email);
CREATE INDEX ON users (seen);
VACUUM (ANALYZE, FREEZE) users
"""
REVISION = '''\
"""Fill."""
from alembic import op

revision = "fill"
down_revision = None

def expand():
    pass

def backfill():
    op.backfill("users", {{"handle": {value!r}}})
'''
BY_KEY = f"""
WITH batch AS (SELECT id FROM users WHERE id > %s ORDER BY id LIMIT {BATCH}),
     done AS (UPDATE users SET handle = {VALUE} FROM batch
              WHERE users.id = batch.id AND handle IS NULL)
SELECT max(id) FROM batch
"""  # constants of this file
FIGURES = """
SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), %s)::bigint, pg_table_size('users'),
    pg_indexes_size('users'), n_tup_hot_upd::float8 / greatest(n_tup_upd, 1),
    (SELECT count(*) FROM users WHERE handle IS NULL)
FROM pg_stat_user_tables WHERE relname = 'users'
"""
TARGETS = {"faster_than_update": 1.3, "faster_than_keys": 3.0, "wal_of_keys": 0.7, "p99_ms": 200}


@dataclass(frozen=True)
class Outcome:
    """What one variant took.

    Attributes:
        hot: Share of updates that left every index alone.
        load: Processes of the machine that wanted to run, on average over the minute before.
    """

    name: str
    seconds: float
    rows_per_s: float
    wal_bytes: int
    table_bytes: int
    index_bytes: int
    hot: float
    batches: int
    p99_ms: float
    longest_ms: float
    load: float


def main() -> None:
    """Measure, write `benchmarks/results/backfill.json`, print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=int(os.environ.get("BENCH_ROWS", ROWS)))
    rows = parser.parse_args().rows
    prepare(rows)
    found = [measure(name, fill, held=held, rows=rows) for name, fill, held in VARIANTS]
    summary = {"rows": rows, "cores": os.cpu_count(), "targets": TARGETS, "ratios": ratios(found)}
    results = ROOT / "benchmarks" / "results"
    results.mkdir(exist_ok=True)
    whole = {**summary, "variants": [asdict(one) for one in found]}
    (results / "backfill.json").write_text(json.dumps(whole, indent=2))
    Console(width=120).print(table(found, rows), *verdict(found), sep="\n")


def prepare(rows: int) -> None:
    """The database that every variant gets a copy of."""
    new_database(server(), TEMPLATE)
    with session(TEMPLATE) as connection:
        for sql in START.format(rows=rows).split(";"):
            connection.execute(sql.encode())


def measure(name: str, fill: Fill, *, held: bool, rows: int) -> Outcome:
    """Run one variant on a fresh copy."""
    with session("postgres") as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {DATABASE} TEMPLATE {TEMPLATE} STRATEGY file_copy")
        connection.execute("CHECKPOINT")
    with session(DATABASE) as connection:
        start = connection.execute("SELECT pg_current_wal_lsn()").fetchone()
        load = os.getloadavg()[0]
        with snapshot(held=held):
            seconds, batches = fill()
        wal, table, indexes, hot, left = connection.execute(FIGURES, start).fetchone() or ()
    if left:
        raise SystemExit(f"{name}: {left} rows were not filled")
    longest = sorted(batches)
    return Outcome(
        name=name,
        seconds=round(seconds, 2),
        rows_per_s=round(rows / seconds),
        wal_bytes=wal,
        table_bytes=table,
        index_bytes=indexes,
        hot=round(hot, 3),
        batches=len(batches),
        p99_ms=round(longest[int(len(longest) * 0.99)] * 1000, 1),
        longest_ms=round(longest[-1] * 1000, 1),
        load=round(load, 1),
    )


@contextmanager
def snapshot(*, held: bool) -> Iterator[None]:
    """An old snapshot all the while, if it is to be held."""
    with session(DATABASE) as connection:
        if not held:
            yield
            return
        with connection.transaction():
            connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            connection.execute("SELECT count(*) FROM pg_class")
            yield


def at_once() -> tuple[float, list[float]]:
    """One UPDATE."""
    with session(DATABASE) as connection:
        began = time.perf_counter()
        connection.execute(f"UPDATE users SET handle = {VALUE} WHERE handle IS NULL")
        took = time.perf_counter() - began
    return took, [took]


def by_key() -> tuple[float, list[float]]:
    """Batches by primary key, each from where the last one ended."""
    took: list[float] = []
    last: int | None = 0
    with session(DATABASE) as connection:
        while last is not None:
            began = time.perf_counter()
            (last,) = connection.execute(BY_KEY, (last,)).fetchone() or (None,)
            took.append(time.perf_counter() - began)
    return sum(took), took


def ours(workers: int) -> Fill:
    """`op.backfill` by as many workers, as `phased upgrade head` runs it."""

    def fill() -> tuple[float, list[float]]:
        with tempfile.TemporaryDirectory() as folder:
            write(Path(folder), 0, phased=True)
            revision = Path(folder) / "alembic" / "versions" / "fill.py"
            revision.write_text(REVISION.format(value=VALUE))
            events = upgrade(Path(folder), workers)
        (done,) = (e["data"]["duration"] for e in events if e["event"] == "done")
        return done, [e["data"]["took"] for e in events if e["event"] == "progress"]

    return fill


def upgrade(folder: Path, workers: int) -> list[dict[str, Any]]:
    """Run it as a user does; the events."""
    url = server().set(database=DATABASE).render_as_string(hide_password=False)
    given = {"DATABASE_URL": url, "PHASED_BACKFILL_WORKERS": str(workers)}
    done = subprocess.run(
        [BIN / "phased", "upgrade", "head", "--json"],
        cwd=folder,
        env={**os.environ, **given, "PHASED_MAX_SNAPSHOT_AGE": "1h"},
        check=True,
        capture_output=True,
        text=True,
    )
    return [json.loads(line) for line in done.stderr.splitlines()]


def session(database: str) -> psycopg.Connection[tuple[Any, ...]]:
    """A connection in autocommit."""
    return psycopg.connect(conninfo(server().set(database=database)), autocommit=True)


VARIANTS: tuple[tuple[str, Fill, bool], ...] = (
    ("one UPDATE", at_once, False),
    (f"by key, {BATCH:,} a batch", by_key, False),
    ("op.backfill, 1 worker", ours(1), False),
    ("op.backfill, 2 workers", ours(2), False),
    ("one UPDATE, old snapshot", at_once, True),
    ("op.backfill, old snapshot", ours(1), True),
)


def ratios(found: list[Outcome]) -> dict[str, float]:
    """What the targets are about, of one worker."""
    update, keys, one, two, held, one_held = found
    return {
        "faster_than_update": round(update.seconds / one.seconds, 2),
        "faster_than_keys": round(keys.seconds / one.seconds, 2),
        "wal_of_keys": round(one.wal_bytes / keys.wal_bytes, 2),
        "p99_ms": max(one.p99_ms, two.p99_ms, one_held.p99_ms),
        "two_workers_faster_than_one": round(one.seconds / two.seconds, 2),
        "faster_than_update_with_old_snapshot": round(held.seconds / one_held.seconds, 2),
    }


def verdict(found: list[Outcome]) -> Iterator[str]:
    """Each target, and what was measured."""
    measured = ratios(found)
    for name, target in TARGETS.items():
        at_most = name in {"wal_of_keys", "p99_ms"}
        met = measured[name] <= target if at_most else measured[name] >= target
        words = "at most" if at_most else "at least"
        yield f"{'met' if met else 'MISSED'}: {name} {measured[name]} ({words} {target})"


def table(found: list[Outcome], rows: int) -> Table:
    """The rows for people."""
    shown = Table(title=f"filling a column of {rows:,} rows with two secondary indexes")
    columns = ("", "s", "rows/s", "WAL MB", "table MB", "indexes MB", "HOT", "batches", "p99 ms")
    for column in (*columns, "longest ms", "load"):
        shown.add_column(column, justify="right" if column else "left")
    for one in found:
        sizes = (one.wal_bytes, one.table_bytes, one.index_bytes)
        shown.add_row(
            one.name,
            f"{one.seconds:.1f}",
            f"{one.rows_per_s:,}",
            *(f"{size / 1e6:,.0f}" for size in sizes),
            f"{one.hot:.0%}",
            f"{one.batches:,}",
            f"{one.p99_ms:,.0f}",
            f"{one.longest_ms:,.0f}",
            f"{one.load}",
        )
    return shown


if __name__ == "__main__":
    main()
