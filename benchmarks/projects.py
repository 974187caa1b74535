"""Projects to measure: N revisions, run by phased's env.py and by Alembic's own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg

from phased.embedded import start

if TYPE_CHECKING:
    from sqlalchemy import URL

ROOT = Path(__file__).parent.parent
BIN = Path(sys.executable).parent
INI = """\
[alembic]
script_location = %(here)s/alembic
prepend_sys_path = .
path_separator = os
"""
MODELS = """\
import os
from sqlalchemy import MetaData, create_engine
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.pool import NullPool

class Base(DeclarativeBase):
    metadata = MetaData(naming_convention={"pk": "pk_%(table_name)s"})

engine = create_engine(os.environ["DATABASE_URL"], poolclass=NullPool)
"""
PHASED_ENV = """\
from models import Base, engine
from phased.environment import run

run(engine, target_metadata=Base.metadata)
"""
PLAIN_ENV = """\
from alembic import context
from models import Base, engine

with engine.connect() as connection:
    context.configure(
        connection=connection, target_metadata=Base.metadata, transaction_per_migration=True
    )
    with context.begin_transaction():
        context.run_migrations()
"""
HEAD = '''\
"""revision {number}

Revision ID: {revision}
"""
import sqlalchemy as sa
from alembic import op

revision = "{revision}"
down_revision = {down!r}
branch_labels = None
depends_on = None

'''
CREATE = 'op.create_table("t{number}", sa.Column("id", sa.BigInteger, primary_key=True))'
PHASED_BODY = (
    f"def expand():\n    {CREATE}\n\ndef backfill():\n    pass\n\ndef contract():\n    pass\n"
)
PLAIN_BODY = f'def upgrade():\n    {CREATE}\n\ndef downgrade():\n    op.drop_table("t{{number}}")\n'


def server() -> URL:
    """The embedded PostgreSQL 18 of the benchmarks."""
    return start(ROOT / ".phased" / "bench-18", 18)


def new_database(url: URL, name: str) -> URL:
    """An empty database; one of that name is dropped first."""
    with psycopg.connect(conninfo(url), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {name}")
    return url.set(database=name)


def write(folder: Path, revisions: int, *, phased: bool) -> None:
    """A project with revisions that create a table each."""
    versions = folder / "alembic" / "versions"
    versions.mkdir(parents=True)
    (folder / "alembic.ini").write_text(INI)
    (folder / "models.py").write_text(MODELS)
    (folder / "alembic" / "env.py").write_text(PHASED_ENV if phased else PLAIN_ENV)
    body = PHASED_BODY if phased else PLAIN_BODY
    for number in range(revisions):
        down = f"r{number - 1:04d}" if number else None
        head = HEAD.format(number=number, revision=f"r{number:04d}", down=down)
        (versions / f"r{number:04d}.py").write_text(head + body.format(number=number))


def upgrade(folder: Path, url: URL) -> None:
    """Run `alembic upgrade head` as a user does."""
    given = {**os.environ, "DATABASE_URL": url.render_as_string(hide_password=False)}
    subprocess.run(
        [BIN / "alembic", "upgrade", "head"], cwd=folder, env=given, check=True, capture_output=True
    )


def conninfo(url: URL) -> str:
    """The URL as psycopg reads it."""
    return url.set(drivername="postgresql").render_as_string(hide_password=False)
