"""Old-style histories end where plain Alembic ends: the same schema, the same rows."""

from __future__ import annotations

import re
from io import StringIO
from typing import TYPE_CHECKING, Any

import postgast
import psycopg
import pytest
from alembic import command
from old_history import HELPERS, HISTORY, TABLES, write
from plain_alembic import config_of, plain
from server import conninfo

from phased.catalog import shape

if TYPE_CHECKING:
    from alembic.config import Config
    from running import Project
    from sqlalchemy import Engine


def content(connection: psycopg.Connection[Any]) -> dict[str, list[Any]]:
    return {
        table: connection.execute(
            f"SELECT to_jsonb(t) - 'created_at' - 'updated_at' FROM {table} t ORDER BY 1"
        ).fetchall()
        for table in TABLES
    }


def without_ours(found: dict[str, str]) -> dict[str, str]:
    return {name: text for name, text in found.items() if "phased_" not in name}


def assert_same(project: Project, twin: Engine) -> None:
    with (
        project.connect() as ours,
        psycopg.connect(conninfo(twin.url)) as theirs,
    ):
        assert without_ours(shape(ours)) == shape(theirs)
        assert content(ours) == content(theirs)


def test_a_history_from_the_beginning(project: Project, twin: Engine) -> None:
    write(project)
    project.upgrade()
    plain(project, twin, "upgrade", "head")
    assert_same(project, twin)
    assert project.value("SELECT version_num FROM alembic_version") == "c1"
    assert project.value(
        "SELECT array_agg(revision ORDER BY revision) FROM phased_rollout"
        " WHERE expanded_at IS NOT NULL AND contracted_at IS NOT NULL"
    ) == sorted(HISTORY)


RECORDABLE = ("a1", "a2", "a6", "a7", "b1")
OFFLINE = """
from alembic import context

def upgrade():
    bind = op.get_bind()
    if not context.is_offline_mode():
        assert sa.inspect(bind).has_table("users")
    op.create_check_constraint("known", "users", sa.column("id") > 0)

def downgrade():
    op.drop_constraint("known", "users", type_="check")
"""


def script(config: Config, name: str, revision: str) -> list[str]:
    """What `--sql` prints, statement by statement, without what is about the tracking tables."""
    buffer = StringIO()
    config.output_buffer = buffer
    getattr(command, name)(config, revision, sql=True)
    printed = [str(one).strip() for one in postgast.split(buffer.getvalue())]
    bare = [re.sub(r"(?m)^--.*\n*", "", one).strip().replace("\t", "    ") for one in printed]
    return [one for one in bare if one and "phased_" not in one and "lock_timeout" not in one]


@pytest.mark.parametrize(
    ("name", "revision"), [("upgrade", "head"), ("upgrade", "a2:b1"), ("downgrade", "c1:a1")]
)
def test_scripts(
    project: Project, engine: Engine, monkeypatch: pytest.MonkeyPatch, name: str, revision: str
) -> None:
    monkeypatch.setenv("PHASED_START_AFTER", "c1")
    down = None
    for each in (*RECORDABLE, "c1"):
        project.revision(OFFLINE if each == "c1" else HISTORY[each][1], each, down)
        down = each
    (project.folder / "helpers.py").write_text(HELPERS)
    ours = script(config_of(project, engine, project.folder), name, revision)
    theirs = script(config_of(project, engine, project.folder / "plain"), name, revision)
    assert ours == theirs
    assert len(ours) > 10
