"""Everything README tells to type is typed here, in the order it stands there."""

from __future__ import annotations

import re
import shlex
import subprocess
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from project import Project, create
from server import VERSION

if TYPE_CHECKING:
    from sqlalchemy import URL

NEWEST = 18
ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
BLOCK = re.compile(r"(?:<!-- (\w+): (.+?) -->\n)?```(\w+)\n(.*?)```", re.DOTALL)


@pytest.mark.skipif(VERSION < NEWEST, reason="what it tells does not depend on the server")
def test_readme_works_as_it_is_written(tmp_path: Path, database: URL) -> None:
    project = create(tmp_path, database)
    ran = [_follow(project, *found.groups()) for found in BLOCK.finditer(README)]
    assert sum(ran) >= 12
    assert "fax" not in _columns(project)
    assert "handle" in _columns(project)
    assert "full_name" in _columns(project)


def _follow(project: Project, verb: str | None, what: str, language: str, text: str) -> int:
    """Do what a block says; how many commands that were."""
    if verb == "file":
        (project.folder / what).write_text(text)
    elif verb == "edit":
        _edit(project.folder / what, text)
    elif verb == "output":
        _compare(project.files()[-1].read_text(), text)
    elif language == "console":
        commands = [line.removeprefix("$ ") for line in text.splitlines()]
        for command in commands:
            _type(project, shlex.split(command))
        return len(commands)
    return 0


def _type(project: Project, words: list[str]) -> None:
    if words[0] == "pip":
        _installable(words[-1])
    elif words[0] == "make":
        subprocess.run(["make", "--dry-run", *words[1:]], cwd=ROOT, check=True, capture_output=True)
    else:
        done = project.run(words[0], *words[1:])
        assert done.returncode == 0, (words, done.stdout, done.stderr)


def _installable(requirement: str) -> None:
    name, _, extra = requirement.partition("[")
    about = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert name == about["name"]
    assert not extra or extra.rstrip("]") in about["optional-dependencies"]


def _edit(path: Path, diff: str) -> None:
    old = "".join(line[1:] + "\n" for line in diff.splitlines() if line.startswith("-"))
    new = "".join(line[1:] + "\n" for line in diff.splitlines() if line.startswith("+"))
    text = path.read_text()
    assert old in text
    path.write_text("from phased import filled_by, renamed_from\n" + text.replace(old, new))


def _compare(written: str, shown: str) -> None:
    """What README shows of a revision is what the command wrote."""
    kept = [line for line in shown.splitlines() if line.strip()]
    assert [line for line in kept if line not in written.splitlines()] == []


def _columns(project: Project) -> str:
    return project.phased("plan", "--json").stdout + _schema(project)


def _schema(project: Project) -> str:
    import psycopg

    with psycopg.connect(project.url) as connection:
        rows = connection.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = 'users'::regclass"
            " AND attnum > 0 AND NOT attisdropped"
        ).fetchall()
    return " ".join(row[0] for row in rows)


def test_readme_shows_each_command_there_is() -> None:
    for command in ("plan", "status", "contract", "abort", "lint", "explain", "backfill"):
        assert f"phased {command}" in README
