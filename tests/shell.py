"""`alembic` and `phased` typed in a user's project, in this process: a new one costs a second."""

from __future__ import annotations

import sys
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import project
import psycopg
import pytest
from alembic import command
from alembic.config import CommandLine, Config

from phased import cli
from phased.catalog import shape

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from project import Project
    from sqlalchemy import URL

OURS = """
SELECT oid::regclass::text FROM pg_class
WHERE relkind = 'r' AND (relname LIKE 'phased\\_%' OR relname LIKE '%version%')
  AND relnamespace::regnamespace::text NOT LIKE 'pg\\_%'
ORDER BY 1
"""


@dataclass(frozen=True)
class Outcome:
    """What a command left behind."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Shell:
    """A terminal in the folder of a project."""

    project: Project
    monkeypatch: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture[str]

    def alembic(self, *arguments: str) -> Outcome:
        """Type `alembic …`."""
        return self._run(lambda: CommandLine(prog="alembic").main(arguments))

    def phased(self, *arguments: str) -> Outcome:
        """Type `phased …`."""
        return self._run(lambda: cli.main(arguments))

    def succeed(self, command: str, *arguments: str) -> Outcome:
        """Type a command that works."""
        done = self.alembic(*arguments) if command == "alembic" else self.phased(*arguments)
        assert done.code == 0, done
        return done

    def use(self) -> None:
        """Let commands work on this project's database."""
        self.monkeypatch.setenv("DATABASE_URL", self.project.url)

    def config(self) -> Config:
        """For `alembic.command`, as a program has it."""
        return Config(self.project.folder / "alembic.ini")

    @contextmanager
    def python(self) -> Iterator[Config]:
        """For `alembic.command.*`: the project as the process' own."""
        with self._inside():
            yield self.config()

    def sql(self, text: str, *parameters: object) -> list[tuple[Any, ...]]:
        """Run one statement on the project's database, and commit."""
        with psycopg.connect(self.project.url, autocommit=True) as connection:
            cursor = connection.execute(text, parameters or None)
            return cursor.fetchall() if cursor.description else []

    def shape(self) -> dict[str, str]:
        """The schema of the project's database."""
        with psycopg.connect(self.project.url) as connection:
            return shape(connection)

    def state(self) -> dict[str, Any]:
        """Everything that a command could change in the database: schema, version, ledger."""
        tables = [name for (name,) in self.sql(OURS)]
        return {"schema": self.shape(), **{name: self.sql(f"TABLE {name}") for name in tables}}

    def refuses(self, message: str, *arguments: str, code: int = 2) -> None:
        """Both commands print just this message, exit with the code and change nothing."""
        before = self.state()
        for run in (self.alembic, self.phased):
            done = run(*arguments)
            assert done == Outcome(code, "", f"error: {message}\n"), done
        assert self.state() == before

    def raises(self, error: type[Exception], message: str, *arguments: str) -> None:
        """The same from `alembic.command`, as an exception."""
        before = self.state()
        with self.python() as config, pytest.raises(error) as raised:
            getattr(command, arguments[0])(config, *arguments[1:])
        assert str(raised.value) == message
        assert self.state() == before

    def _run(self, main: Callable[[], object]) -> Outcome:
        self.capsys.readouterr()
        code: object = 0
        with self._inside():
            try:
                main()
            except SystemExit as end:
                code = end.code or 0
        shown = self.capsys.readouterr()
        assert isinstance(code, int)
        return Outcome(code & 0xFF, shown.out, shown.err)

    @contextmanager
    def _inside(self) -> Iterator[None]:
        with ExitStack() as stack:
            patch = stack.enter_context(self.monkeypatch.context())
            patch.chdir(self.project.folder)
            patch.setattr(sys, "path", list(sys.path))
            patch.setattr(sys, "path_importer_cache", {})  # it knows "." from another folder
            patch.setattr(sys, "dont_write_bytecode", True)  # files change within one second
            # Alembic looks up sys.stdout when it is imported, before it is captured.
            stdout = property(lambda _: sys.stdout, lambda *_: None)
            patch.setattr(Config, "stdout", stdout, raising=False)
            stack.callback(sys.modules.pop, "models", None)
            sys.modules.pop("models", None)
            yield


def open_shell(
    folder: Path, url: URL, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Shell:
    """A terminal in a new project without models and revisions."""
    created = project.create(folder, url)
    monkeypatch.setenv("DATABASE_URL", created.url)
    monkeypatch.setenv("COLUMNS", "120")
    return Shell(created, monkeypatch, capsys)
