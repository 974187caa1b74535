"""SIGKILL between any two statements; the same command again ends in the same schema."""

from __future__ import annotations

import signal
import uuid
from itertools import count
from typing import TYPE_CHECKING

import psycopg
import pytest
from forks import Forks, forking
from running import Project
from server import VERSION, conninfo

from phased.catalog import shape

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from sqlalchemy import URL

NEWEST = 18
REVISION = """
def expand():
    op.add_column("users", sa.Column("handle", sa.Text))
    op.add_column("posts", sa.Column("note", sa.Text, server_default="n"))
    op.create_index("ix_users_name", "users", ["name"], postgresql_concurrently=True)
    op.execute("REINDEX INDEX CONCURRENTLY users_pkey")
    op.create_table("tags", sa.Column("id", sa.BigInteger, primary_key=True),
                    sa.Column("post", sa.BigInteger))
    op.create_foreign_key("fk_tags", "tags", "posts", ["post"], ["id"])
    op.add_enum_value("kind", "c")

def backfill():
    op.backfill("users", {"handle": "name || '!'"})
    op.create_index("ix_users_handle", "users", ["handle"], postgresql_concurrently=True)

def contract():
    op.create_check_constraint("ck", "users", "handle IS NOT NULL", postgresql_not_valid=True)
    op.validate_constraint("ck", "users")
    op.alter_column("users", "handle", nullable=False)
    op.drop_constraint("ck", "users")
    op.drop_index("ix_users_name", postgresql_concurrently=True)
    op.drop_column("users", "name")
    op.drop_column("posts", "old")
"""
START = (
    "CREATE TYPE kind AS ENUM ('a', 'b')",
    "CREATE TABLE users (id bigint PRIMARY KEY, name text)",
    "CREATE TABLE posts (id bigint PRIMARY KEY, author bigint REFERENCES users, old kind)",
    "INSERT INTO users SELECT g, 'n' || g FROM generate_series(1, 6000) g",
)
LEDGER = """
SELECT phase, position, state, error, finished_at IS NULL FROM phased_step
UNION ALL SELECT 'rollout', 0, (expanded_at IS NULL)::text, (backfilled_at IS NULL)::text,
    contracted_at IS NULL FROM phased_rollout
UNION ALL SELECT 'version', 0, version_num, NULL, false FROM alembic_version
ORDER BY 1, 2
"""
STEP = 1 if VERSION == NEWEST else 3  # the events are the same on every server
LEAST = {"upgrade": 20, "contract": 15}


@pytest.fixture(scope="module")
def forks() -> Iterator[Forks]:
    with forking(PHASED_BATCH_DURATION="20ms") as found:
        yield found


@pytest.fixture
def copies(server: URL, tmp_path: Path) -> Iterator[Callable[..., Project]]:
    """Makes databases, one from another, and the project on them."""
    made: list[str] = []
    prefix = f"kill_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(conninfo(server), autocommit=True) as connection:

        def copy(name: str, template: str = "") -> Project:
            database = f"{prefix}_{name}"
            source = f" TEMPLATE {prefix}_{template}" if template else ""
            connection.execute(f"CREATE DATABASE {database}{source}".encode())
            made.append(database)
            return Project(tmp_path, server.set(database=database))

        yield copy
        for database in made:
            connection.execute(f"DROP DATABASE {database} WITH (FORCE)".encode())


def outcome(project: Project) -> tuple[dict[str, str], list[object], list[object]]:
    """The schema, the rows that were filled, and the ledger."""
    with project.connect(autocommit=True) as connection:
        found = shape(connection)
    left = "SELECT count(*), bool_and(handle IS NOT NULL) FROM users"
    return found, project.execute(left), project.execute(LEDGER)


def assert_killable(forks: Forks, command: str, begin: Callable[[int], Project]) -> None:
    """Kill at the first event, at the second, and so on until a run gets to its end."""
    whole = begin(0)
    assert forks.run(whole, command) == {"code": 0, "said": ""}
    expected = outcome(whole)
    for number in count(1, STEP):
        project = begin(number)
        first = forks.run(project, command, number)
        if not first["code"]:
            break
        assert first["code"] == -signal.SIGKILL, first["said"]
        again = forks.run(project, command)
        assert not again["code"], f"after event {number}: {again['said']}"
        assert outcome(project) == expected, f"after event {number}"
    assert number > LEAST[command]


def test_an_upgrade_that_is_killed_anywhere_is_finished_by_the_next(
    forks: Forks, emptied: URL, tmp_path: Path
) -> None:
    def begin(_: int) -> Project:
        project = Project(tmp_path, emptied)
        project.execute("DROP SCHEMA public CASCADE", "CREATE SCHEMA public", *START)
        project.revision(REVISION)
        return project

    assert_killable(forks, "upgrade", begin)


def test_a_contract_that_is_killed_anywhere_is_finished_by_the_next(
    forks: Forks, copies: Callable[..., Project]
) -> None:
    expanded = copies("expanded")
    expanded.execute(*START)
    expanded.revision(REVISION)
    assert forks.run(expanded, "upgrade") == {"code": 0, "said": ""}
    assert_killable(forks, "contract", lambda number: copies(f"contract_{number}", "expanded"))
