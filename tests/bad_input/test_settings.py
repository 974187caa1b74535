"""A setting that cannot be read stops every command with one clear error."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from phased.errors.settings import (
    BrokenEnvFile,
    BrokenPyproject,
    InvalidDatabaseUrl,
    InvalidSetting,
)
from phased.settings import Settings

if TYPE_CHECKING:
    from shell import Shell

UPGRADE = ("upgrade", "head")
UNIT = "it needs a number and one of the units ms, s, min, h, d"
VALUES = {
    "PHASED_MAX_STALL": ("abc", UNIT, "200ms"),
    "PHASED_LOCK_BUDGET": ("30", UNIT, "10min"),
    "PHASED_BATCH_DURATION": ("0ms", "it should be between 1ms and 24d", "100ms"),
    "PHASED_CONTRACT": ("soon", "it should be 'proven', 'manual' or 'immediate'", "proven"),
    "PHASED_POSTGRES_VERSION": (
        "new",
        "it should be a valid integer, unable to parse string as an integer",
        "18",
    ),
}


@pytest.fixture(autouse=True)
def revision(shell: Shell) -> None:
    shell.project.revision("a1", "def expand():\n    op.execute('CREATE TABLE users ()')")


@pytest.mark.parametrize("name", VALUES)
def test_invalid_value(shell: Shell, name: str) -> None:
    value, reason, example = VALUES[name]
    shell.monkeypatch.setenv(name, value)
    message = (
        f"the setting {name} is {value!r}: {reason}\n"
        "Nothing has been changed. Write it like this, in the environment or in .env:\n\n"
        f"    {name}={example}"
    )
    shell.refuses(message, *UPGRADE)
    shell.raises(InvalidSetting, message, *UPGRADE)


def test_invalid_value_in_pyproject(shell: Shell) -> None:
    shell.monkeypatch.delenv("PHASED_MAX_STALL")
    (shell.project.folder / "pyproject.toml").write_text("[tool.phased]\nmax_stall = 200\n")
    message = (
        f"the setting PHASED_MAX_STALL is '200': {UNIT}\n"
        "Nothing has been changed. Write it like this, in the environment or in .env:\n\n"
        "    PHASED_MAX_STALL=200ms"
    )
    shell.refuses(message, *UPGRADE)


def test_pyproject_is_not_toml(shell: Shell) -> None:
    (shell.project.folder / "pyproject.toml").write_text("[tool.phased\n")
    message = (
        "pyproject.toml cannot be read, and phased looks there for [tool.phased]: "
        "Expected ']' at the end of a table declaration (at line 1, column 13)\n"
        "Nothing has been changed. Mend the file, then run the command again."
    )
    with shell.python(), pytest.raises(BrokenPyproject) as broken:
        Settings()
    assert str(broken.value) == message


def test_line_of_env_file_is_not_an_assignment(shell: Shell) -> None:
    """python-dotenv only logs it; without DATABASE_URL another database would be migrated."""
    unclosed = "DATABASE_URL='postgresql://me:sEcret@localhost/shop\n"
    (shell.project.folder / ".env").write_text(f"# ours\nPHASED_MAX_STALL=50ms\n{unclosed}")
    message = (
        ".env, line 3 is not an assignment, so what it should set would be missing.\n"
        "Nothing has been changed. Write it like this, with quotes around what has spaces or "
        "quotes in it:\n\n"
        "    DATABASE_URL='value'"
    )
    shell.refuses(message, *UPGRADE)
    shell.raises(BrokenEnvFile, message, *UPGRADE)


def test_url_of_the_database_is_never_shown(shell: Shell) -> None:
    (shell.project.folder / ".env").write_text("DATABASE_URL=postgres:/me:sEcret@localhost\n")
    shell.monkeypatch.delenv("DATABASE_URL")
    models = shell.project.folder / "models.py"
    models.write_text(
        models.read_text().replace(
            'with_driver(os.environ["DATABASE_URL"])',
            '__import__("phased.embedded").embedded.database_url()',
        )
    )
    message = (
        "the URL of the database cannot be read: it is not scheme://user:password@host:port/name\n"
        "Nothing has been changed. Write it like this, with @ as %40, : as %3A and / as %2F in "
        "user and password:\n\n"
        "    export DATABASE_URL=postgresql://user:password@localhost:5432/mydb"
    )
    shell.refuses(message, *UPGRADE)
    shell.raises(InvalidDatabaseUrl, message, *UPGRADE)
