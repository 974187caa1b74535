"""On an empty database nothing but misuse is judged, also when the run is interrupted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from phased.errors.judgement import RulesBroken
from phased.errors.running import OldStyleFailed

if TYPE_CHECKING:
    from running import Project

TABLE = """
def upgrade():
    op.get_bind().execute(sa.text("CREATE TABLE users (id int, name text)"))
"""
ROUGH = """
def upgrade():
    conn = op.get_bind().execution_options()
    op.execute("INSERT INTO users VALUES (1, 'a')")
    op.execute("UPDATE users SET name = 'b'")
    op.create_index("ix_name", "users", ["name"])
    op.drop_column("users", "name")
    op.execute("ALTER TABLE users RENAME TO people")
"""
FAILS = "def upgrade():\n    op.get_bind().execute(sa.text('SELECT 1 / 0'))"
MISUSE = {
    "transaction_control": "op.execute('COMMIT')",
    "non_transactional_in_transaction": "op.execute('CREATE INDEX CONCURRENTLY i ON users (id)')",
}


def version(project: Project) -> object:
    return project.value("SELECT max(version_num) FROM alembic_version")


def test_nobody_is_there_to_be_hurt(project: Project) -> None:
    project.revision(TABLE, "a1")
    project.revision(ROUGH, "b2", "a1")
    project.upgrade()
    assert project.value("SELECT count(*) FROM people") == 1


def test_an_interrupted_run_goes_on(project: Project) -> None:
    project.revision(TABLE, "a1")
    project.revision(FAILS, "a2", "a1")
    project.revision(ROUGH, "b2", "a2")
    with pytest.raises(OldStyleFailed):
        project.upgrade()
    assert version(project) == "a1"
    project.revision("def upgrade():\n    pass", "a2", "a1")
    project.upgrade()
    assert version(project) == "b2"


def test_what_comes_later_is_judged(project: Project) -> None:
    project.revision(TABLE, "a1")
    project.upgrade()
    project.revision(ROUGH, "b2", "a1")
    with pytest.raises(RulesBroken, match="unbatched_data_change"):
        project.upgrade()


@pytest.mark.parametrize("rule", MISUSE)
@pytest.mark.parametrize("asks", ["", "op.get_bind().execution_options()"])
def test_misuse(project: Project, monkeypatch: pytest.MonkeyPatch, rule: str, asks: str) -> None:
    project.revision(TABLE, "a1")
    project.revision(f"def upgrade():\n    {asks or 'pass'}\n    {MISUSE[rule]}\n", "b2", "a1")
    with pytest.raises(RulesBroken, match=rule):
        project.upgrade()
    assert (
        project.value("SELECT to_regclass('alembic_version')") is None or version(project) == "a1"
    )
    if rule == "transaction_control":
        monkeypatch.setenv("PHASED_START_AFTER", "b2")
        project.upgrade()
        assert version(project) == "b2"
