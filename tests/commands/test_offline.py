"""`--sql`: the script, run statement by statement, does what the command does online."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import histories
import postgast
import psycopg
import pytest
from server import conninfo

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shell import Shell
    from sqlalchemy import URL

CONTRACT = ("-x", "phased=contract")
TRACKED = """
SELECT r.revision, r.checksum, r.justification, r.expanded_at IS NOT NULL,
       r.backfilled_at IS NOT NULL, r.contracted_at IS NOT NULL,
       s.phase, s.position, s.fingerprint, s.state, s.error
FROM phased_rollout r LEFT JOIN phased_step s USING (revision) ORDER BY 1, 7, 8
"""


@pytest.fixture(autouse=True)
def revisions(shell: Shell) -> None:
    histories.write(shell)


@pytest.fixture
def other(shell: Shell, server: URL) -> Iterator[Shell]:
    """The same project on another empty database."""
    name = f"test_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(conninfo(server), autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}")
        yield replace(
            shell, project=replace(shell.project, url=conninfo(server.set(database=name)))
        )
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


def run_script(shell: Shell, *arguments: str) -> None:
    """Print a script, and run it as psql does: statement by statement."""
    script = shell.succeed("alembic", *arguments, "--sql").out
    with psycopg.connect(shell.project.url, autocommit=True) as connection:
        for statement in postgast.split(script):
            connection.execute(statement.encode())


def everything(shell: Shell) -> dict[str, Any]:
    version = shell.sql("TABLE alembic_version")
    return {"schema": shell.shape(), "version": version, "tracked": shell.sql(TRACKED)}


def test_whole_history(shell: Shell, other: Shell) -> None:
    shell.succeed("alembic", "upgrade", "head")
    run_script(other, "upgrade", "head")
    assert everything(other) == everything(shell)


def test_whole_history_leaves_nothing_to_do(shell: Shell) -> None:
    run_script(shell, "upgrade", "head")
    before = shell.state()
    assert shell.phased("status", "--check").code == 0
    shell.succeed("alembic", "upgrade", "head")
    assert "no contract is pending" in shell.succeed("phased", "contract").out
    assert shell.state() == before


def test_range_has_no_contract_and_the_contract_is_a_script_of_its_own(
    shell: Shell, other: Shell
) -> None:
    for one in (shell, other):
        one.use()
        one.succeed("alembic", "upgrade", "a1")
        one.sql(histories.ROWS)
    shell.use()
    shell.succeed("alembic", "upgrade", "head")
    other.use()
    run_script(other, "upgrade", "a1:head")
    assert everything(other) == everything(shell)
    assert other.sql("SELECT count(*) FROM users WHERE handle = '%s: ' || name") == [(100,)]
    run_script(other, *CONTRACT, "upgrade", "a1:head")
    assert other.phased("status", "--check").code == 0
    shell.use()
    shell.succeed("phased", "contract")
    assert other.shape() == shell.shape()
    assert _without_reason(other) == _without_reason(shell)


def _without_reason(shell: Shell) -> list[tuple[Any, ...]]:
    return [(*row[:2], *row[3:]) for row in shell.sql(TRACKED)]


def test_script_begun_online_is_not_run_twice(shell: Shell) -> None:
    """Contract first in a script, then nothing is left for `phased contract`."""
    shell.succeed("alembic", "upgrade", "a1")
    shell.sql(histories.ROWS)
    run_script(shell, "upgrade", "a1:b2")
    assert shell.succeed("phased", "contract").out == "✓ contracted b2\n"


def test_downgrade(shell: Shell) -> None:
    shell.succeed("alembic", "upgrade", "head")
    run_script(shell, "downgrade", "head:a1")
    assert shell.sql("TABLE alembic_version") == [("a1",)]
    assert [row[0] for row in shell.sql(TRACKED)] == ["a1"]
    assert sorted(name for name in shell.shape() if name.startswith("column")) == [
        "column public.users.id",
        "column public.users.name",
    ]
    run_script(shell, "downgrade", "a1:base")
    assert shell.sql(TRACKED) == []


def test_downgrade_without_one(shell: Shell) -> None:
    shell.project.revision("d4", "def expand():\n    pass", "c3")
    message = (
        "alembic/versions/d4.py has no downgrade(), and nothing else says how to go back from "
        "where it is.\n"
        "Nothing has been changed in the database. Write one, or roll forward with a new "
        'revision:\n\n    alembic revision -m "..."'
    )
    shell.refuses(message, "downgrade", "d4:c3", "--sql")


def test_stamp(shell: Shell, other: Shell) -> None:
    for one in (shell, other):
        one.use()
        one.succeed("alembic", "upgrade", "head")
    shell.use()
    shell.succeed("alembic", "stamp", "a1")
    other.use()
    run_script(other, "stamp", "head:a1")
    assert everything(other) == everything(shell)
    assert [row[0] for row in shell.sql(TRACKED)] == ["a1"]


def test_rules_are_asked_before_anything_is_printed(shell: Shell) -> None:
    body = "def expand():\n    op.drop_column('users', 'name')"
    shell.project.revision("d4", body, "c3")
    done = shell.alembic("upgrade", "c3:d4", "--sql")
    assert (done.code, done.out) == (1, "")
    assert "destroys_before_contract" in done.err
    assert "Nothing was printed." in done.err


def test_old_style_revision_that_asks_for_a_connection(shell: Shell) -> None:
    body = "def upgrade():\n    op.get_bind().scalar(sa.text('SELECT 1'))"
    shell.project.revision("d4", body, "c3")
    done = shell.alembic("upgrade", "c3:d4", "--sql")
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("error: alembic/versions/d4.py:15 asks for a database connection")


def test_every_step_is_a_transaction_with_a_lock_timeout(shell: Shell) -> None:
    """A scan does not hold the locks of its neighbours; `max_stall` is the longest wait."""
    shell.monkeypatch.setenv("PHASED_MAX_STALL", "70ms")
    begin = "COMMIT;\n\nBEGIN;\n\nSET LOCAL lock_timeout = '70ms';\n\n"
    expand = shell.succeed("alembic", "upgrade", "a1:b2", "--sql").out
    contract = shell.succeed("alembic", *CONTRACT, "upgrade", "a1:b2", "--sql").out
    assert f"{begin}ALTER TABLE users ADD COLUMN handle" in expand
    assert f"{begin}ALTER TABLE users VALIDATE CONSTRAINT" in contract
    assert f"{begin}ALTER TABLE users ALTER COLUMN handle SET NOT NULL" in contract
    assert "COMMIT;\n\nCREATE INDEX CONCURRENTLY" in expand
    down = shell.succeed("alembic", "downgrade", "b2:a1", "--sql").out
    assert "SET LOCAL lock_timeout = '70ms';\n\nDROP INDEX" in down
