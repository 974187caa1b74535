"""Settings: the environment, then ``.env``, then ``[tool.phased]`` in ``pyproject.toml``."""

from __future__ import annotations

import re
import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

from dotenv.parser import parse_stream
from pydantic import AliasChoices, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    PyprojectTomlConfigSettingsSource,
    SettingsConfigDict,
)

from phased.errors.settings import BrokenEnvFile, BrokenPyproject, InvalidSetting

ENV_FILE = ".env"
PREFIX = "PHASED_"
MOST_WORKERS = 32
_UNITS = {"ms": "milliseconds", "s": "seconds", "min": "minutes", "h": "hours", "d": "days"}
_SHORTEST, _LONGEST = (
    timedelta(milliseconds=1),
    timedelta(days=24),
)  # 0 is no lock_timeout


def as_duration(value: object) -> timedelta:
    """PostgreSQL's spelling of a duration: ``200ms``, ``30s``, ``5min``.

    Raises:
        ValueError: It is none.
    """
    if isinstance(value, timedelta):
        return value
    found = re.fullmatch(r"\s*(\d{1,9})\s*(ms|s|min|h|d)\s*", str(value))
    if not found:
        raise ValueError("it needs a number and one of the units ms, s, min, h, d")
    duration = timedelta(**{_UNITS[found[2]]: int(found[1])})
    if not _SHORTEST <= duration <= _LONGEST:
        raise ValueError("it should be between 1ms and 24d")
    return duration


Duration = Annotated[timedelta, BeforeValidator(as_duration)]


class Settings(BaseSettings):
    """Everything that can be set, with its unit. ``PHASED_`` before the name in the environment.

    Attributes:
        database_url: ``DATABASE_URL``; without it the embedded PostgreSQL is used.
        max_stall: The longest a query of the running release may wait behind one of our locks.
        lock_budget: How long a step tries to get its locks before it gives up.
        contract: ``proven``, ``manual`` (only ``phased contract``) or ``immediate`` (development).
        start_after: Revisions up to and including this one were applied before phased was adopted
            and are not judged.
        batch_duration: What one batch of a backfill should take.
        backfill_workers: Connections that a backfill works over at once.
        backfill_rate: Rows per second that a backfill may fill; any number unless set.
        backfill_patience: The longest that a backfill pauses for one reason before it goes on.
        max_replica_lag: A backfill pauses while a replica is further behind.
        max_snapshot_age: A backfill pauses while a transaction holds an older snapshot.
        autovacuum_patience: How long a backfill pauses for an autovacuum at its table.
        prepared_statements: Whether the application prepares statements, as psycopg and asyncpg do
            unless told otherwise: then none of its results may change its type.
        postgres_version: Major version of the embedded PostgreSQL.

    Raises:
        InvalidSetting: One has a value that it cannot have.
        BrokenEnvFile: ``.env`` has a line that is not an assignment.
        BrokenPyproject: ``pyproject.toml`` is not TOML.
    """

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file=ENV_FILE,
        extra="ignore",
        pyproject_toml_table_header=("tool", "phased"),
        populate_by_name=True,
    )

    database_url: SecretStr | None = Field(
        default=None, validation_alias=AliasChoices("DATABASE_URL", "database_url")
    )
    max_stall: Duration = Field(default=timedelta(milliseconds=200), examples=["200ms"])
    lock_budget: Duration = Field(default=timedelta(minutes=10), examples=["10min"])
    contract: Literal["proven", "manual", "immediate"] = Field(
        default="proven", examples=["proven"]
    )
    start_after: str | None = Field(default=None, examples=["3f2a9c1b7d04"])
    batch_duration: Duration = Field(default=timedelta(milliseconds=100), examples=["100ms"])
    backfill_workers: int = Field(default=1, ge=1, le=MOST_WORKERS, examples=["2"])
    backfill_rate: int | None = Field(default=None, ge=1, examples=["5000"])
    backfill_patience: Duration = Field(default=timedelta(minutes=5), examples=["5min"])
    max_replica_lag: Duration = Field(default=timedelta(seconds=10), examples=["10s"])
    max_snapshot_age: Duration = Field(default=timedelta(minutes=5), examples=["5min"])
    autovacuum_patience: Duration = Field(default=timedelta(seconds=10), examples=["10s"])
    prepared_statements: bool = Field(default=True, examples=["false"])
    postgres_version: int = Field(default=18, examples=["18"])

    def __init__(self, **values: Any) -> None:
        _refuse_broken(Path(ENV_FILE))
        try:
            super().__init__(**values)
        except ValidationError as error:
            raise _invalid(error) from None
        except tomllib.TOMLDecodeError as error:
            raise BrokenPyproject(reason=str(error)) from None

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Add ``[tool.phased]`` as the weakest source."""
        del file_secret_settings
        pyproject = PyprojectTomlConfigSettingsSource(settings_cls)
        return init_settings, env_settings, dotenv_settings, pyproject


def _invalid(error: ValidationError) -> InvalidSetting:
    """Of the first wrong value; the URL of the database is never shown."""
    found = error.errors(include_url=False, include_context=False)[0]
    field = str(found["loc"][0])
    examples = Settings.model_fields[field].examples if field in Settings.model_fields else None
    reason = found["msg"].removeprefix("Value error, ").replace("Input should", "it should")
    return InvalidSetting(
        name=f"{PREFIX}{field.upper()}" if examples else "DATABASE_URL",
        value=repr(str(found["input"])) if examples else "'***'",
        reason=reason,
        example=examples[0] if examples else "postgresql://user:password@localhost:5432/mydb",
    )


def _refuse_broken(path: Path) -> None:
    """Refuse what python-dotenv only logs: a missing DATABASE_URL would mean another database."""
    if not path.is_file():
        return
    with path.open(encoding="utf-8", errors="replace") as lines:
        for binding in parse_stream(lines):
            if binding.error:
                name = re.match(r"\s*(?:export\s+)?(\w+)", binding.original.string)
                raise BrokenEnvFile(
                    path=path, line=binding.original.line, name=name[1] if name else "NAME"
                )
