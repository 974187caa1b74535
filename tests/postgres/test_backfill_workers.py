"""Several workers at one backfill: disjoint, stopped together, resumable by any number."""

from __future__ import annotations

import signal
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import project as projects
import pytest
from forks import Forks, forking
from running import Project, of, wait_until

from phased.errors.running import StepFailed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import URL

ROWS = 20_000
FILL = """
def expand():
    pass

def backfill():
    op.backfill("users", {"handle": "name"})
"""
MEET = """
CREATE FUNCTION meet(text) RETURNS text LANGUAGE plpgsql AS $$ BEGIN
    IF current_setting('phased.met', true) IS DISTINCT FROM 'yes' THEN
        FOR attempt IN 1..3000 LOOP
            EXIT WHEN (SELECT count(DISTINCT pid) = 3 FROM pg_locks WHERE mode = 'RowExclusiveLock'
                       AND relation = 'users'::regclass);
            PERFORM pg_sleep(0.01);
        END LOOP;
        PERFORM set_config('phased.met', 'yes', false);
    END IF;
    RETURN $1 || ' ' || pg_backend_pid();
END $$
"""
"""Every worker waits in its first batch until all three are at theirs."""
LEFT_BEHIND = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND state <> 'idle' AND pid <> pg_backend_pid()
"""


@pytest.fixture
def project(tmp_path: Path, emptied: URL, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.setenv("PHASED_BATCH_DURATION", "20ms")
    project = Project(tmp_path, emptied)
    project.execute(
        "CREATE TABLE users (id bigint PRIMARY KEY, name text, handle text, times int DEFAULT 0)"
        " WITH (autovacuum_enabled = false)",
        f"INSERT INTO users SELECT g, 'n' || g FROM generate_series(1, {ROWS}) g",
    )
    project.revision(FILL)
    return project


def missing(project: Project) -> int:
    found: int = project.value("SELECT count(*) FROM users WHERE handle IS NULL")
    return found


def cursor(project: Project) -> dict[str, Any]:
    found: dict[str, Any] = project.value("SELECT cursor FROM phased_step WHERE phase = 'backfill'")
    return found


def test_they_work_at_the_same_time_at_other_rows(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PHASED_BACKFILL_WORKERS", "3")
    monkeypatch.setenv("PHASED_MAX_STALL", "30s")
    project.execute(MEET)
    project.revision(FILL.replace('"name"', '"meet(name)"'))
    events = project.upgrade()
    assert missing(project) == 0
    assert project.value("SELECT count(DISTINCT split_part(handle, ' ', 2)) FROM users") == 3
    assert of(events, "attempt") == []
    assert cursor(project)["filled"] == ROWS
    done = [event.data["done"] for event in of(events, "progress")]
    assert done == sorted(done)
    assert done[-1] == ROWS


def test_an_error_in_one_stops_all(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PHASED_BACKFILL_WORKERS", "3")
    project.execute("UPDATE users SET name = 'zero' WHERE id = 15000")
    broken = "\"(1 / (CASE name WHEN 'zero' THEN 0 ELSE 1 END))::text\""
    project.revision(FILL.replace('"name"', broken))
    with pytest.raises(StepFailed, match="division by zero"):
        project.upgrade()
    assert project.value(LEFT_BEHIND) == 0
    assert missing(project)
    project.revision(FILL)
    project.upgrade()
    assert missing(project) == 0


@pytest.fixture(scope="module")
def forks() -> Iterator[Forks]:
    with forking(PHASED_BACKFILL_WORKERS="2", PHASED_BATCH_DURATION="20ms") as found:
        yield found


@pytest.mark.parametrize("workers", ["1", "3"])
def test_a_killed_run_is_finished_by_another_number(
    project: Project, forks: Forks, monkeypatch: pytest.MonkeyPatch, workers: str
) -> None:
    monkeypatch.setenv("PHASED_BACKFILL_WORKERS", workers)
    for number in (3, 6):
        assert forks.run(project, "upgrade", number)["code"] == -signal.SIGKILL
    kept = cursor(project)
    left = missing(project)
    assert 0 < left < ROWS
    assert kept["filled"] <= ROWS - left
    ranges = sorted(kept["leaves"]["users"]["open"])
    assert all(before[1] <= after[0] for before, after in pairwise(ranges))
    events = project.upgrade()
    assert missing(project) == 0
    assert [e for e in of(events, "statement") if "UPDATE" in e.text] == []
    assert project.value("SELECT count(*) FROM users WHERE handle = name") == ROWS


def test_a_signal_ends_them_all(project: Project) -> None:
    project.execute(
        "CREATE FUNCTION slow(text) RETURNS text LANGUAGE sql VOLATILE"
        " AS $$ SELECT $1 FROM pg_sleep(60) $$"
    )
    files = projects.create(project.folder / "files", project.url)
    (files.folder / "pyproject.toml").write_text("[tool.phased]\nbackfill_workers = 2\n")
    files.revision("b2", FILL.replace('"name"', '"slow(name)"'))
    running = "(SELECT count(*) = 2 FROM pg_stat_activity WHERE state = 'active'"
    running += " AND datname = current_database() AND pid <> pg_backend_pid()"
    running += " AND query LIKE '%UPDATE ONLY%')"
    with (
        project.connect(autocommit=True) as other,
        files.start("alembic", "upgrade", "head") as process,
    ):
        wait_until(other, running)
        process.send_signal(signal.SIGTERM)
        _, error = process.communicate(timeout=20)
        assert process.returncode == 143
        assert "interrupted" in error
        assert "Traceback" not in error
        wait_until(other, f"({LEFT_BEHIND.strip()}) = 0")
    state = "SELECT state, error FROM phased_step"
    assert project.execute(state) == [("failed", "interrupted")]
