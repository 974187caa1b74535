"""A setting cannot be read."""

from __future__ import annotations

from phased.errors import PhasedError


class SettingError(PhasedError):
    """A setting cannot be read."""


class InvalidSetting(SettingError):
    """A setting has a value that it cannot have."""

    message = (
        "the setting {name} is {value}: {reason}\n"
        "Nothing has been changed. Write it like this, in the environment or in .env:\n\n"
        "    {name}={example}"
    )


class BrokenEnvFile(SettingError):
    """A line of ``.env`` is not an assignment, so what it should set would be missing."""

    message = (
        "{path}, line {line} is not an assignment, so what it should set would be missing.\n"
        "Nothing has been changed. Write it like this, with quotes around what has spaces or "
        "quotes in it:\n\n"
        "    {name}='value'"
    )


class BrokenPyproject(SettingError):
    """``pyproject.toml`` is not TOML."""

    message = (
        "pyproject.toml cannot be read, and phased looks there for [tool.phased]: {reason}\n"
        "Nothing has been changed. Mend the file, then run the command again."
    )


class BrokenIni(SettingError):
    """Alembic's configuration file cannot be read."""

    message = (
        "Alembic's configuration cannot be read: {reason}\n"
        "Nothing has been changed. Mend the file, then run the command again."
    )


class MisplacedArgument(SettingError):
    """``-x phased=`` says something that the command does not know."""

    message = (
        "-x {argument} does not fit this command.\n"
        "Nothing has been changed in the database. It says that the deploy has finished, and goes "
        "with upgrade:\n\n"
        "    alembic -x phased=contract upgrade head"
    )


class EnvironmentNotOurs(SettingError):
    """``env.py`` does not call phased."""

    message = (
        "{path} does not call phased.environment.run(), so there is nothing to ask.\n"
        "Nothing has been changed in the database. It can be as short as this:\n\n"
        "    from app.db import engine\n"
        "    from app.models import Base\n"
        "    from phased.environment import run\n\n"
        "    run(engine, target_metadata=Base.metadata)"
    )


class InvalidDatabaseUrl(SettingError):
    """The URL of the database cannot be read; it is not shown, for it may hold a password."""

    message = (
        "the URL of the database cannot be read: {reason}\n"
        "Nothing has been changed. Write it like this, with @ as %40, : as %3A and / as %2F in "
        "user and password:\n\n"
        "    export DATABASE_URL=postgresql://user:password@localhost:5432/mydb"
    )
