"""The revisions of a project under an `env.py` that knows nothing of phased."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config

if TYPE_CHECKING:
    from pathlib import Path

    from running import Project
    from sqlalchemy import Engine

PLAIN_ENV = """\
from alembic import context
from sqlalchemy import MetaData
from running import NAMES

options = {
    "target_metadata": MetaData(naming_convention=NAMES),
    "transaction_per_migration": True,
}

def run(**where):
    context.configure(**where, **options)
    with context.begin_transaction():
        context.run_migrations()

if context.is_offline_mode():
    named = {"paramstyle": "named"}
    run(dialect_name="postgresql", dialect_opts=named, literal_binds=True)
else:
    with context.config.attributes["engine"].connect() as connection:
        run(connection=connection)
"""


def config_of(project: Project, engine: Engine, folder: Path) -> Config:
    """The revisions of the project with one `env.py` or the other."""
    (project.folder / "plain").mkdir(exist_ok=True)
    (project.folder / "plain" / "env.py").write_text(PLAIN_ENV)
    config = Config()
    config.set_main_option("script_location", str(folder))
    config.set_main_option("version_locations", str(project.folder / "versions"))
    config.set_main_option("path_separator", "os")
    config.attributes["engine"] = engine
    return config


def plain(project: Project, engine: Engine, *arguments: str) -> None:
    """Run `alembic.command` with an `env.py` that knows nothing of phased."""
    config = config_of(project, engine, project.folder / "plain")
    getattr(command, arguments[0])(config, *arguments[1:])
