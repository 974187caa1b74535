"""Old-style revisions before and after those with phases, and a history that is adopted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from plain_alembic import plain
from running import of

from phased.errors.judgement import RulesBroken
from phased.legacy import OLD_STYLE
from phased.model import Phase, StepState

if TYPE_CHECKING:
    from running import Project
    from sqlalchemy import Engine

FIRST = """
def upgrade():
    op.create_table("users", sa.Column("id", sa.BigInteger, primary_key=True),
                    sa.Column("name", sa.Text))
    op.get_bind().execute(sa.text("INSERT INTO users VALUES (1, 'a'), (2, 'b')"))

def downgrade():
    op.drop_table("users")
"""
PHASED = """
def expand():
    op.add_column("users", sa.Column("handle", sa.Text))

def backfill():
    op.backfill("users", {"handle": "name"})

def contract():
    op.drop_column("users", "name")

def downgrade():
    op.add_column("users", sa.Column("name", sa.Text))
    op.drop_column("users", "handle")
"""
LAST = """
def upgrade():
    columns = [column["name"] for column in sa.inspect(op.get_bind()).get_columns("users")]
    assert "handle" in columns
    op.add_column("users", sa.Column("age", sa.Integer))

def downgrade():
    op.drop_column("users", "age")
"""
DONE = """
SELECT array_agg(revision ORDER BY revision) FROM phased_rollout
WHERE expanded_at IS NOT NULL AND backfilled_at IS NOT NULL AND contracted_at IS NOT NULL
"""
COLUMNS = """
SELECT array_agg(attname::text ORDER BY attname::text) FROM pg_attribute
WHERE attrelid = 'users'::regclass AND attnum > 0 AND NOT attisdropped
"""


@pytest.fixture(autouse=True)
def revisions(project: Project) -> None:
    project.revision(FIRST, "a1")
    project.revision(PHASED, "b2", "a1")
    project.revision(LAST, "c3", "b2")


def test_on_an_empty_database(project: Project) -> None:
    project.upgrade()
    assert project.value(DONE) == ["a1", "b2", "c3"]
    assert project.value(COLUMNS) == ["age", "handle", "id"]
    assert {row.phases[Phase.EXPAND].state for row in project.status().values()} == {StepState.DONE}
    assert project.contract() == []


def test_with_a_release_that_is_running(project: Project) -> None:
    project.upgrade("a1")
    project.upgrade()
    assert project.value("SELECT version_num FROM alembic_version") == "c3"
    assert project.value(DONE) == ["a1", "c3"]
    assert project.value(COLUMNS) == ["age", "handle", "id", "name"]
    assert (
        project.value("SELECT justification FROM phased_rollout WHERE revision = 'c3'") == OLD_STYLE
    )
    assert [event.revision for event in of(project.contract(), "run")] == ["b2"]
    assert project.value(COLUMNS) == ["age", "handle", "id"]
    assert project.execute("SELECT id, handle FROM users ORDER BY id") == [(1, "a"), (2, "b")]


def test_one_after_the_other_and_back(project: Project) -> None:
    for revision in ("a1", "b2", "c3"):
        project.upgrade(revision)
    project.downgrade("b2")
    assert project.value(COLUMNS) == ["handle", "id", "name"]
    project.downgrade("a1")
    assert project.value(COLUMNS) == ["id", "name"]
    assert project.value(DONE) == ["a1"]
    project.upgrade()
    project.contract()
    project.downgrade("a1")
    assert project.value(COLUMNS) == ["id", "name"]
    project.downgrade("base")
    assert project.value("SELECT to_regclass('users')") is None
    assert project.value("SELECT count(*) FROM phased_rollout") == 0


def test_a_history_that_is_adopted(
    project: Project, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop = "def upgrade():\n    op.drop_column('users', 'name')\n"
    for path in sorted((project.folder / "versions").glob("[bc]*.py")):
        path.unlink()
    project.revision(drop, "a2", "a1")
    project.revision("def upgrade():\n    op.drop_table('users')", "a3", "a2")
    plain(project, engine, "upgrade", "a1")
    with pytest.raises(RulesBroken, match="destroys_before_contract"):
        project.upgrade("a2")
    monkeypatch.setenv("PHASED_START_AFTER", "a2")
    project.upgrade("a2")
    assert project.value(COLUMNS) == ["id"]
    assert project.value(DONE) == ["a2"]
    assert project.status()["a1"].phases[Phase.EXPAND].state is StepState.DONE
    with pytest.raises(RulesBroken, match="destroys_before_contract"):
        project.upgrade()
