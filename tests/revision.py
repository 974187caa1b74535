"""A revision file by itself: written, read by Alembic, planned or recorded."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from alembic.script import Script, ScriptDirectory

from phased.fact import Facts
from phased.plan import build
from phased.record import record

if TYPE_CHECKING:
    from pathlib import Path

    from phased.model import Phase, Plan, Step
    from phased.record import Recorded

HEADER = '''\
"""A revision."""
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "b2"
down_revision = None

'''


def script(folder: Path, body: str) -> Script:
    """The only revision of a directory."""
    versions = folder / "versions"
    versions.mkdir(exist_ok=True)
    (versions / "b2.py").write_text(HEADER + textwrap.dedent(body).lstrip("\n"))
    return ScriptDirectory(str(folder)).get_revision("b2")


def plan(folder: Path, body: str, facts: Facts | None = None) -> Plan:
    """Its plan."""
    return build(script(folder, body), facts or Facts())[0]


def steps(folder: Path, body: str, facts: Facts | None = None) -> list[list[str]]:
    """The SQL of its steps."""
    return [sql_of(step) for step in plan(folder, body, facts).steps]


def sql_of(step: Step) -> list[str]:
    """The SQL of a step, on one line each."""
    return [" ".join(statement.sql.split()) for statement in step.statements]


def phase_of(folder: Path, body: str, phase: Phase, facts: Facts | None = None) -> list[list[str]]:
    """The SQL of the steps of one phase."""
    return [sql_of(step) for step in plan(folder, body, facts).phase(phase)]


def recorded(folder: Path, body: str) -> list[Recorded]:
    """What its expand() calls."""
    found = script(folder, body)
    return record(found.module.expand, found.path)


def line(source: str, text: str) -> int:
    """The line of the file on which a text of the body first stands."""
    lines = (HEADER + textwrap.dedent(source).lstrip("\n")).splitlines()
    return 1 + next(number for number, held in enumerate(lines) if text in held)
