"""Dual write as a revision runs it: expand, backfill, contract; abort; `--sql`; plain Alembic."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from project import create
from running import Project
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import URL

REVISION = """
def expand():
    op.add_column("users", sa.Column("n", sa.Integer))
    op.sync_columns("users", old="code", new="n", up="code::int", down="n::text")

def backfill():
    op.backfill("users", {"n": "code::int"})

def contract():
    op.unsync_columns("users", old="code", new="n")
    op.drop_column("users", "code")
"""


@pytest.fixture
def project(tmp_path: Path, database: URL) -> Project:
    project = Project(tmp_path, database)
    project.execute(
        "CREATE TABLE users (id bigint PRIMARY KEY, code text DEFAULT '0')",
        "INSERT INTO users SELECT i, '00' || i FROM generate_series(1, 5) i",
    )
    project.revision(REVISION)
    return project


VERSION = (
    "CREATE TABLE alembic_version (version_num text); INSERT INTO alembic_version VALUES ('a1')"
)
FILLED = [(f"00{i}", i) for i in range(1, 6)]


def test_from_expand_to_contract(project: Project) -> None:
    project.upgrade()
    assert project.execute("SELECT code, n FROM users ORDER BY id") == FILLED
    project.execute("INSERT INTO users (id, n) VALUES (6, 6)")
    assert project.value("SELECT code FROM users WHERE id = 6") == "6"
    project.contract()
    assert project.execute("SELECT * FROM users ORDER BY id")[-1] == (6, 6)
    assert not project.value("SELECT count(*) FROM pg_class WHERE relname LIKE 'phased_old%%'")


def test_abort_leaves_the_old_side_as_it_was(project: Project) -> None:
    project.upgrade()
    project.abort()
    assert project.execute("SELECT * FROM users ORDER BY id")[0] == (1, "001")
    assert not project.value("SELECT count(*) FROM pg_proc WHERE proname LIKE 'phased%%'")


def test_the_script_that_sql_prints_guards_the_old_side(tmp_path: Path, project: Project) -> None:
    paper = create(tmp_path / "paper", project.url)
    paper.revision("a1", "def expand():\n    pass\n")
    paper.revision("b2", REVISION, "a1")
    script = paper.alembic("upgrade", "a1:head", "--sql").stdout
    with project.connect(autocommit=True) as connection:
        connection.execute(VERSION)
        connection.execute(script.encode())
    assert project.execute("SELECT code, n FROM users ORDER BY id") == FILLED


def test_plain_alembic_guards_the_old_side(database: URL, project: Project) -> None:
    engine = create_engine(database, poolclass=NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE users ADD COLUMN n int")
        op: Any = Operations(MigrationContext.configure(connection))
        op.sync_columns("users", old="code", new="n", up="code::int", down="n::text")
        op.backfill("users", {"n": "code::int"})
        connection.exec_driver_sql("UPDATE users SET n = 10 WHERE id = 5")
    assert project.execute("SELECT code, n FROM users ORDER BY id") == [*FILLED[:4], ("10", 10)]
