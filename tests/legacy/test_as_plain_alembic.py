"""Old-style histories end where plain Alembic ends: the same schema, the same rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import psycopg
from alembic import command
from alembic.config import Config
from old_history import HISTORY, TABLES, write
from server import conninfo

from phased.catalog import shape

if TYPE_CHECKING:
    from running import Project
    from sqlalchemy import Engine

PLAIN_ENV = """\
from alembic import context
from sqlalchemy import MetaData
from running import NAMES

metadata = MetaData(naming_convention=NAMES)
with context.config.attributes["engine"].connect() as connection:
    context.configure(
        connection=connection, target_metadata=metadata, transaction_per_migration=True
    )
    with context.begin_transaction():
        context.run_migrations()
"""


def plain(project: Project, engine: Engine, *arguments: str) -> None:
    """Run `alembic.command` over the same files with an `env.py` that knows nothing of phased."""
    folder = project.folder / "plain"
    folder.mkdir(exist_ok=True)
    (folder / "env.py").write_text(PLAIN_ENV)
    config = Config()
    config.set_main_option("script_location", str(folder))
    config.set_main_option("version_locations", str(project.folder / "versions"))
    config.set_main_option("path_separator", "os")
    config.attributes["engine"] = engine
    getattr(command, arguments[0])(config, *arguments[1:])


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
