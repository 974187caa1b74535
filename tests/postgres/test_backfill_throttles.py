"""Every reason for a backfill to pause, provoked; what it says, and that it ends."""

from __future__ import annotations

import threading
import time
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from psycopg.sql import Literal
from running import Project, of, wait_until, wait_until_old, waiting_until
from standby import FAR, standby

from phased.settings import Settings
from phased.throttle import Look
from phased.throttles import rate

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sqlalchemy import URL

    from phased.model import Event

ROWS = 2000
FILL = """
def expand():
    pass

def backfill():
    op.backfill("users", {"handle": "name"})
"""


@pytest.fixture
def project(tmp_path: Path, emptied: URL, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.setenv("PHASED_BATCH_DURATION", "20ms")
    project = Project(tmp_path, emptied)
    project.execute(
        "CREATE TABLE users (id bigint, name text, handle text) WITH (autovacuum_enabled = false)",
        f"INSERT INTO users SELECT g, 'n' || g FROM generate_series(1, {ROWS}) g",
    )
    project.revision(FILL)
    return project


def missing(project: Project) -> int:
    found: int = project.value("SELECT count(*) FROM users WHERE handle IS NULL")
    return found


def pauses(events: list[Event], name: str) -> list[str]:
    """What was told of the pauses for one reason."""
    return [e.data["reason"] for e in of(events, "waiting") if e.data.get("pause") == name]


def on_pause(project: Project, name: str, action: Callable[[], object]) -> None:
    """Do something when it pauses for a reason."""

    def watch(event: Event) -> None:
        if event.kind == "waiting" and event.data.get("pause") == name:
            action()

    project.watching.append(watch)


def test_an_old_snapshot(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PHASED_MAX_SNAPSHOT_AGE", "50ms")
    seen: list[int] = []
    with project.connect(application_name="report") as reader, project.connect() as other:
        other.autocommit = True
        reader.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        reader.execute("SELECT count(*) FROM pg_class")
        pid = reader.info.backend_pid
        wait_until_old(other, pid, 60)
        on_pause(project, "snapshot_age", lambda: seen.append(missing(project)))
        on_pause(project, "snapshot_age", reader.commit)
        on_pause(project, "snapshot_age", lambda: seen.append(waiting(project)))
        events = project.upgrade()
    assert seen == [ROWS, 1]  # nothing was filled while it paused, and others can see why
    (told,) = pauses(events, "snapshot_age")
    assert told.startswith(f"pid {pid} (report), idle in transaction, has held a snapshot for")
    assert told.endswith("max_snapshot_age is 50 ms")
    assert missing(project) == 0
    assert waiting(project) == 0


def waiting(project: Project) -> int:
    """Backfills of which the ledger says why they pause."""
    found: int = project.value("SELECT count(*) FROM phased_step WHERE cursor ? 'waiting'")
    return found


def test_no_pause_is_for_ever(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PHASED_MAX_SNAPSHOT_AGE", "1ms")
    monkeypatch.setenv("PHASED_BACKFILL_PATIENCE", "1ms")
    with project.connect() as reader:
        reader.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        reader.execute("SELECT count(*), pg_sleep(0.01) FROM pg_class")
        events = project.upgrade()
    assert missing(project) == 0
    first, last = pauses(events, "snapshot_age")
    assert "going on all the same" not in first
    assert "; going on all the same after " in last


def test_our_own_workers_hold_no_old_snapshot(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PHASED_MAX_SNAPSHOT_AGE", "1ms")
    monkeypatch.setenv("PHASED_BACKFILL_WORKERS", "2")
    project.execute(
        "DELETE FROM users WHERE id > 200",
        "CREATE FUNCTION slow(text) RETURNS text LANGUAGE sql VOLATILE"
        " AS $$ SELECT $1 FROM pg_sleep(0.001) $$",
    )
    project.revision(FILL.replace('"name"', '"slow(name)"'))
    assert pauses(project.upgrade(), "snapshot_age") == []
    assert missing(project) == 0


def test_a_replica_that_falls_behind(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PHASED_MAX_REPLICA_LAG", "1ms")
    behind = "EXISTS (SELECT FROM pg_stat_replication WHERE application_name = 'lagging'"
    behind += " AND replay_lag > interval '1 millisecond')"
    with standby(project.url, "lagging") as replica, project.connect() as other:
        other.autocommit = True
        project.execute("UPDATE users SET name = name", "SELECT pg_sleep(0.01)")
        replica.receive()
        wait_until(other, behind)
        on_pause(project, "replica_lag", lambda: replica.say(replayed=FAR))
        events = project.upgrade()
    told = pauses(events, "replica_lag")[0]
    assert told.startswith("replica lagging is ")
    assert told.endswith(" behind, max_replica_lag is 1 ms")
    assert missing(project) == 0


def test_who_waits_behind_us_is_let_through(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A batch does not end before somebody waits for its rows."""
    monkeypatch.setenv("PHASED_MAX_STALL", "20s")
    behind = "EXISTS (SELECT FROM pg_locks WHERE NOT granted"
    behind += " AND pg_backend_pid() = ANY(pg_blocking_pids(pid)))"
    lingers = "CREATE FUNCTION lingers(text) RETURNS text LANGUAGE plpgsql AS $body$ BEGIN IF"
    lingers += f" nextval('calls') = 100 THEN EXECUTE {Literal(waiting_until(behind)).as_string()};"
    project.execute("CREATE SEQUENCE calls", f"{lingers} END IF; RETURN $1; END $body$")
    project.revision(FILL.replace('"name"', '"lingers(name)"'))
    with project.connect(application_name="web", autocommit=True) as web:

        def come() -> None:
            wait_until(web, "EXISTS (SELECT FROM calls WHERE last_value >= 100)")
            web.execute("UPDATE users SET name = name || '!'")

        coming = threading.Thread(target=come)

        def begin(event: Event) -> None:
            if event.kind == "statement" and not coming.ident:
                coming.start()

        project.watching.append(begin)
        events = project.upgrade()
        coming.join()
        pid = web.info.backend_pid
    assert pauses(events, "waiters_behind_us")[0].startswith(f"pid {pid} (web) waited for rows")
    assert missing(project) == 0
    assert project.value("SELECT count(*) FROM users WHERE name LIKE '%!'") == ROWS


def test_a_rate(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Batches become smaller, rather than pauses longer."""
    monkeypatch.setenv("PHASED_BACKFILL_RATE", "5000")
    events = project.upgrade()
    assert pauses(events, "rate") == ["held to 5,000 rows/s"]
    assert missing(project) == 0
    done = [0, *(e.data["done"] for e in of(events, "progress") if not e.data["sweep"])]
    sizes = [after - before for before, after in pairwise(done)]
    assert max(sizes[8:]) < max(sizes[:8])


def test_what_the_rate_asks_for() -> None:
    look: Any = Look(None, Settings(), rate=100, free_at=time.monotonic() + 50)  # type: ignore[arg-type] # not asked
    pause = rate.pause(look)
    assert pause
    assert 49 < pause.seconds <= 50
    look.rate = 0
    assert rate.pause(look) is None
