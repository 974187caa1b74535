"""SIGINT and SIGTERM: rolled back, recorded, the right exit code, at once."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import project as projects
import pytest
from running import Project, wait_until, wait_until_old

from phased.interrupt import Terminated, terminable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import URL

SLOW = 120  # seconds
ADD = "def expand():\n    op.add_column('users', sa.Column('a', sa.Text))\n"
FILL = ADD + "\ndef backfill():\n    op.backfill('users', {'a': 'slow(name)'})\n"
RUNNING = "EXISTS (SELECT FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%slow(%'"
RUNNING += " AND datname = current_database() AND pid <> pg_backend_pid())"


@pytest.fixture
def files(tmp_path: Path, emptied: URL) -> projects.Project:
    return projects.create(tmp_path, emptied)


@pytest.fixture
def database(tmp_path: Path, emptied: URL) -> Iterator[Project]:
    found = Project(tmp_path / "other", emptied)
    found.execute(
        "CREATE TABLE users (name text)",
        "INSERT INTO users VALUES ('ada')",
        "CREATE FUNCTION slow(text) RETURNS text LANGUAGE sql VOLATILE"
        f" AS $$ SELECT $1 FROM pg_sleep({SLOW}) $$",
    )
    yield found
    found.execute("DROP SCHEMA public CASCADE", "CREATE SCHEMA public")


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)], ids=["SIGINT", "SIGTERM"]
)
@pytest.mark.parametrize("busy", [False, True], ids=["waiting", "running"])
def test_a_signal_ends_a_run(
    files: projects.Project, database: Project, number: int, code: int, *, busy: bool
) -> None:
    files.revision("b2", FILL if busy else ADD)
    with database.connect() as reader, database.connect(autocommit=True) as other:
        if not busy:
            reader.execute("SELECT * FROM users")
            wait_until_old(other, reader.info.backend_pid, 300)
        with files.start("alembic", "upgrade", "head") as process:
            if busy:
                wait_until(other, RUNNING)
            else:
                assert process.stderr
                assert any("waiting for" in line for line in iter(process.stderr.readline, ""))
            process.send_signal(number)
            _, error = process.communicate(timeout=SLOW / 2)  # it does not wait for the statement
    assert process.returncode == code
    assert "interrupted" in error
    assert "Traceback" not in error
    state = "SELECT state, error FROM phased_step WHERE state <> 'done'"
    assert database.execute(state) == [("failed", "interrupted")]
    assert database.value("SELECT count(*) FROM alembic_version") == 0
    assert not database.value(f"SELECT {RUNNING}")


def test_sigterm_is_left_to_an_application_that_handles_it() -> None:
    def theirs(*_: object) -> None: ...

    before = signal.signal(signal.SIGTERM, theirs)
    try:
        with terminable():
            assert signal.getsignal(signal.SIGTERM) is theirs
    finally:
        signal.signal(signal.SIGTERM, before)


def test_sigterm_is_as_it_was_afterwards() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(Terminated), terminable():
        signal.raise_signal(signal.SIGTERM)
    assert signal.getsignal(signal.SIGTERM) == before
