"""`phased status`: what is where; it never writes."""

from __future__ import annotations

import json
import re
import uuid
from typing import TYPE_CHECKING, Any

import histories
import psycopg
import pytest
from server import conninfo
from sqlalchemy import make_url

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shell import Shell
    from sqlalchemy import URL

FAILS = """
def expand():
    op.add_column("users", sa.Column("email", sa.Text))
    op.create_index("ix_users_email", "users", ["no_such"], postgresql_concurrently=True)
"""


@pytest.fixture(autouse=True)
def revisions(shell: Shell) -> None:
    histories.write(shell)


def status(shell: Shell) -> dict[str, Any]:
    rows = json.loads(shell.succeed("phased", "status", "--json").out)["revisions"]
    return {row["revision"]: row for row in rows}


def phases(row: dict[str, Any]) -> dict[str, tuple[Any, ...]]:
    return {
        name: (one["state"], one["steps_done"], one["steps_total"], one["detail"])
        for name, one in row["phases"].items()
    }


def timeless(text: str) -> str:
    return re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d UTC, \S+", "WHEN", text)


def test_nothing_has_run(shell: Shell) -> None:
    before = shell.state()
    found = status(shell)
    assert shell.state() == before == {"schema": before["schema"]}
    assert phases(found["b2"]) == {
        "expand": ("pending", 0, 2, None),
        "backfill": ("pending", 0, 1, None),
        "contract": ("pending", 0, 3, None),
    }
    assert phases(found["c3"]) == {"expand": ("pending", 0, 2, None)}
    assert {key: value for key, value in found["c3"].items() if key != "phases"} == {
        "revision": "c3",
        "message": "revision c3",
        "path": "alembic/versions/c3.py",
        "down_revisions": ["b2"],
        "current": False,
        "head": True,
        "legacy": True,
        "missing": False,
    }


def test_text(shell: Shell) -> None:
    shell.succeed("alembic", "upgrade", "a1")
    shell.succeed("alembic", "upgrade", "b2")
    done = shell.succeed("phased", "status")
    assert done.err == ""
    assert timeless(done.out) == (
        "✓ a1  revision a1  WHEN\n"
        "▸ b2  revision b2  (current)\n"
        "    expand    ✓ WHEN\n"
        "    backfill  ✓ WHEN\n"
        "    contract  · pending\n"
        "· c3  revision c3  (head, legacy)\n"
        "    expand    · pending\n"
        "\n"
        "3 revisions, 1 done, 1 waiting for its contract, 1 pending\n"
    )


def test_check(shell: Shell) -> None:
    assert shell.phased("status", "--check").code == 1
    shell.succeed("alembic", "upgrade", "a1")
    shell.succeed("alembic", "upgrade", "head")
    assert shell.phased("status", "--check").code == 1
    shell.succeed("phased", "contract")
    assert shell.phased("status", "--check").code == 0


def test_all_done_on_an_empty_database(shell: Shell) -> None:
    shell.succeed("alembic", "upgrade", "head")
    found = status(shell)
    assert phases(found["b2"]) == {
        "expand": ("done", 2, 2, None),
        "backfill": ("done", 1, 1, None),
        "contract": ("done", 3, 3, None),
    }
    assert found["c3"]["current"]
    assert all(one["finished_at"] for row in found.values() for one in row["phases"].values())


def test_failed_halfway(shell: Shell) -> None:
    shell.succeed("alembic", "upgrade", "head")
    shell.project.revision("d4", FAILS, "c3")
    assert shell.alembic("upgrade", "head").code == 1
    found = status(shell)
    error = '42703 column "no_such" does not exist'
    assert phases(found["d4"])["expand"] == ("failed", 1, 2, error)
    assert not found["d4"]["current"]
    assert f"    expand    ✗ failed, 1 of 2 steps done\n                {error}" in (
        shell.succeed("phased", "status").out
    )


def test_applied_before_phased_came(shell: Shell) -> None:
    shell.succeed("alembic", "upgrade", "head")
    shell.sql("DROP TABLE phased_rollout, phased_step")
    found = status(shell)
    assert {state for row in found.values() for state, *_ in phases(row).values()} == {"done"}
    assert shell.phased("status", "--check").code == 0
    assert [name for name in shell.state() if name.startswith("phased")] == []


def test_database_ahead_and_files_missing(shell: Shell) -> None:
    shell.succeed("alembic", "upgrade", "head")
    (shell.project.folder / "alembic" / "versions" / "c3.py").unlink()
    found = status(shell)
    assert list(found) == ["a1", "b2", "c3"]
    assert found["c3"]["missing"]
    assert found["c3"]["current"]
    assert "✗ c3" in shell.succeed("phased", "status").out


def test_file_that_cannot_be_recorded(shell: Shell) -> None:
    """It is shown with what is wrong; the others are shown all the same."""
    shell.project.revision("d4", "def expand():\n    op.get_bind()", "c3")
    found = status(shell)
    state, _, _, detail = phases(found["d4"])["expand"]
    assert state == "pending"
    assert detail.startswith("alembic/versions/d4.py:15 asks for a database connection")


@pytest.fixture
def reader(shell: Shell, server: URL) -> Iterator[str]:
    """A role that may read Alembic's table and ours, and write nothing."""
    name = f"reader_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(conninfo(server), autocommit=True) as admin:
        admin.execute(f"CREATE ROLE {name} LOGIN")
        yield name
        shell.sql(f"DROP OWNED BY {name}")
        admin.execute(f"DROP ROLE {name}")


def test_role_without_write_rights(shell: Shell, reader: str) -> None:
    shell.succeed("alembic", "upgrade", "head")
    wanted = shell.succeed("phased", "status").out
    shell.sql(f"GRANT SELECT ON alembic_version, phased_rollout, phased_step TO {reader}")
    url = make_url(shell.project.url).set(username=reader)
    shell.monkeypatch.setenv("DATABASE_URL", conninfo(url))
    assert shell.succeed("phased", "status").out == wanted


def test_role_without_any_rights(shell: Shell, reader: str) -> None:
    shell.succeed("alembic", "upgrade", "head")
    url = make_url(shell.project.url).set(username=reader)
    shell.monkeypatch.setenv("DATABASE_URL", conninfo(url))
    done = shell.phased("status")
    assert (done.code, done.out) == (2, "")
    assert done.err == (
        f"error: not allowed in {url.render_as_string()}: permission denied for table "
        "alembic_version.\n"
        "The statement was rolled back; what ran before it is kept, and `phased status` shows "
        "it. Connect as the role that owns the tables, or GRANT this one what it lacks.\n"
    )


def test_server_that_takes_no_writes(shell: Shell) -> None:
    """As on a replica."""
    shell.sql(
        "DO $$ BEGIN EXECUTE 'ALTER DATABASE ' || quote_ident(current_database())"
        " || ' SET default_transaction_read_only = on'; END $$"
    )
    assert shell.phased("status").code == 0
    done = shell.alembic("upgrade", "head")
    assert (done.code, done.out) == (2, "")
    assert "cannot execute CREATE TABLE in a read-only transaction.\n" in done.err
    assert done.err.endswith("Connect to the server that takes writes.\n")
    assert [name for name in shell.state() if name.startswith("phased")] == []
