from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from forks import forking
from running import Project, of, waiting_until

from phased.lock import only_runner

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import URL

    from phased.model import Event

THREE_WAIT = (
    "(SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%advisory%'"
    " AND datname = current_database() AND pid <> pg_backend_pid()) >= 3"
)
REVISION = f"""
def expand():
    op.execute("SELECT nextval('runs')")
    op.execute({waiting_until(THREE_WAIT)!r})
    op.create_index("i", "t", ["a"], postgresql_concurrently=True)
    op.execute("SELECT nextval('runs')")

def backfill():
    op.execute("SELECT nextval('runs')")
    op.backfill("t", {{"b": "a"}})
"""


@pytest.fixture
def project(tmp_path: Path, emptied: URL) -> Project:
    project = Project(tmp_path, emptied)
    project.execute("CREATE SEQUENCE runs", "CREATE TABLE t (a int, b int)")
    return project


def test_of_several_runners_one_runs_and_the_others_say_whom_they_wait_for(
    project: Project,
) -> None:
    project.revision(REVISION)
    with forking() as forks:
        ends = forks.run_at_once(project, "upgrade", 4)
    assert [end["code"] for end in ends] == [0] * 4, "\n".join(end["said"] for end in ends)
    assert project.value("SELECT last_value FROM runs") == 3
    waited = [end["said"] for end in ends if end["said"]]
    assert len(waited) == 3
    user = project.value("SELECT current_user")
    for said in waited:
        assert said.startswith("waiting for another runner: pid ")
        assert f" {user}" in said
    assert project.value("SELECT count(*) FROM phased_step WHERE state = 'done'") == 5


def test_who_has_the_lock_is_named(project: Project) -> None:
    told: list[str] = []

    def let_go(event: Event) -> None:
        told.append(event.text)
        first.execute("SELECT pg_advisory_unlock_all()")

    with (
        project.connect(autocommit=True, application_name="deploy 7") as first,
        project.connect(autocommit=True) as second,
        only_runner(first, "alembic_version", told.append),
        only_runner(second, "alembic_version", let_go),
    ):
        pid = first.info.backend_pid
    (text,) = told
    assert text.startswith(f"waiting for another runner: pid {pid} ")
    assert "(deploy 7)" in text
    assert "since " in text


def test_another_version_table_is_another_lock(project: Project) -> None:
    told: list[Any] = []
    with (
        project.connect(autocommit=True) as first,
        project.connect(autocommit=True) as second,
        only_runner(first, "alembic_version", told.append),
        only_runner(second, "billing.alembic_version", told.append),
    ):
        assert told == []


def test_a_waiting_runner_holds_no_snapshot(project: Project) -> None:
    """CONCURRENTLY of the one that runs would wait for it, and PostgreSQL see a deadlock."""
    seen: list[Any] = []

    def look(event: Event) -> None:
        del event
        query = "SELECT backend_xmin, xact_start FROM pg_stat_activity WHERE pid = {}"
        seen.extend(project.execute(query.format(second.info.backend_pid)))
        first.execute("SELECT pg_advisory_unlock_all()")

    with (
        project.connect(autocommit=True) as first,
        project.connect(autocommit=True) as second,
        only_runner(first, "alembic_version", seen.append),
        only_runner(second, "alembic_version", look),
    ):
        assert seen == [(None, None)]


def test_the_lock_is_free_after_a_failure(project: Project) -> None:
    project.revision("def expand():\n    op.execute('COMMENT ON TABLE nowhere IS NULL')")
    for _ in range(2):
        with pytest.raises(Exception, match="nowhere"):
            project.upgrade()
    assert not of(project.events, "waiting")
