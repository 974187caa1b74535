"""Commands while the contract of a sync is pending."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest
from conftest import conninfo
from project import Project, create

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import URL

BEFORE = """
def expand():
    op.create_table(
        "users", sa.Column("id", sa.Integer, primary_key=True), sa.Column("code", sa.Text)
    )
"""
SYNC = """
def expand():
    op.add_column("users", sa.Column("n", sa.Integer))
    op.sync_columns("users", old="code", new="n", up="code::int", down="n::text")

def backfill():
    op.backfill("users", {"n": "code::int"})

def contract():
    op.unsync_columns("users", old="code", new="n")
    op.drop_column("users", "code")
"""
MODELS = """
from sqlalchemy.orm import Mapped, mapped_column

class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    n: Mapped[int | None]
"""


@pytest.fixture
def project(tmp_path: Path, database: URL) -> Project:
    project = create(tmp_path, database)
    project.models(MODELS)
    project.revision("a1", BEFORE)
    assert project.alembic("upgrade", "head").returncode == 0
    with psycopg.connect(conninfo(database), autocommit=True) as connection:
        connection.execute("INSERT INTO users VALUES (1, '007')")
    project.revision("b2", SYNC, "a1")
    return project


def test_nothing_is_left_to_write_while_the_contract_waits(project: Project) -> None:
    for command in (("upgrade", "head"), ("check",)):
        done = project.alembic(*command)
        assert done.returncode == 0, done
    assert project.phased("contract").returncode == 0
    assert project.alembic("check").returncode == 0


def test_an_abort_takes_the_sync_away(project: Project) -> None:
    assert project.alembic("upgrade", "head").returncode == 0
    done = project.phased("abort", "b2")
    assert done.returncode == 0, done
    assert project.alembic("upgrade", "head").returncode == 0  # it can begin again


def test_lint_has_nothing_against_it(project: Project) -> None:
    done = project.phased("lint")
    assert done.returncode == 0, done
    assert "error" not in done.stdout


def test_plan_shows_every_statement_with_its_lock(project: Project) -> None:
    shown = project.phased("plan").stdout
    assert "come back from n as something else" in project.phased("plan").stderr
    for part in ("CREATE SEQUENCE", "GRANT USAGE", "CREATE FUNCTION", "SHARE ROW EXCLUSIVE"):
        assert part in shown
