"""A user's project in a folder of its own: alembic.ini, env.py, revisions, and the two commands."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import URL

INI = """\
[alembic]
script_location = %(here)s/alembic
prepend_sys_path = .
path_separator = os
"""
ENV = """\
from models import Base, engine
from phased.environment import run

run(engine, target_metadata=Base.metadata)
"""
MODELS = """\
import os
from sqlalchemy import MetaData, create_engine
from sqlalchemy.orm import DeclarativeBase
from phased.embedded import with_driver

NAMES = {{
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}}

class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMES)

def engine():
    return create_engine(with_driver(os.environ["DATABASE_URL"]))

{models}
"""
REVISION = '''\
"""{message}

Revision ID: {revision}
Revises: {down}
"""
import sqlalchemy as sa
from alembic import op

revision = {revision!r}
down_revision = {down!r}
branch_labels = None
depends_on = None

{body}
'''
TEMPLATE = Path(__file__).parent.parent / "alembic" / "script.py.mako"
BIN = Path(sys.executable).parent


@dataclass(frozen=True)
class Project:
    """The folder, and the database it works on."""

    folder: Path
    url: str

    def models(self, source: str) -> None:
        """Write the models module; Base and engine are there already."""
        (self.folder / "models.py").write_text(MODELS.format(models=textwrap.dedent(source)))

    def revision(self, revision: str, body: str, down: str | None = None) -> Path:
        """Write a revision file by hand."""
        path = self.folder / "alembic" / "versions" / f"{revision}.py"
        text = REVISION.format(
            message=f"revision {revision}", revision=revision, down=down, body=textwrap.dedent(body)
        )
        path.write_text(text)
        return path

    def files(self) -> list[Path]:
        """The revision files, the newest last."""
        found = (self.folder / "alembic" / "versions").glob("*.py")
        return sorted(found, key=lambda path: path.stat().st_mtime_ns)

    def run(
        self, command: str, *arguments: str, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        """Run `alembic` or `phased` as a user does."""
        return subprocess.run(
            [str(BIN / command), *arguments],
            cwd=self.folder,
            env={**_environment(self.url), **environment},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    def start(self, command: str, *arguments: str) -> subprocess.Popen[str]:
        """Start `alembic` or `phased` as a user does, and do not wait for it."""
        return subprocess.Popen(
            [str(BIN / command), *arguments],
            cwd=self.folder,
            env=_environment(self.url),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=_hear_ctrl_c,  # noqa: PLW1509 # no thread of ours holds a lock here
        )

    def alembic(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run `alembic`."""
        return self.run("alembic", *arguments, **environment)

    def phased(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run `phased`."""
        return self.run("phased", *arguments, **environment)


def create(folder: Path, url: URL) -> Project:
    """A new project without models and revisions."""
    project = Project(
        folder, url.set(drivername="postgresql").render_as_string(hide_password=False)
    )
    (folder / "alembic" / "versions").mkdir(parents=True)
    (folder / "alembic.ini").write_text(INI)
    (folder / "alembic" / "env.py").write_text(ENV)
    (folder / "alembic" / "script.py.mako").write_text(TEMPLATE.read_text())
    project.models("")
    return project


def _environment(url: str) -> dict[str, str]:
    names = ("PATH", "HOME", "PHASED_MAX_STALL")
    kept = {name: os.environ[name] for name in names if name in os.environ}
    return {**kept, "DATABASE_URL": url, "PYTHONWARNINGS": "error", "COLUMNS": "120"}


def _hear_ctrl_c() -> None:
    """What a shell starts in the background ignores SIGINT, and so do its children."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
