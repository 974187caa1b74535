"""Settings: the environment, then ``.env``, then ``[tool.phased]`` in ``pyproject.toml``."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated, Literal

from pydantic import AliasChoices, BeforeValidator, Field, SecretStr
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    PyprojectTomlConfigSettingsSource,
    SettingsConfigDict,
)

_UNITS = {"ms": "milliseconds", "s": "seconds", "min": "minutes", "h": "hours", "d": "days"}


def _duration(value: object) -> object:
    """PostgreSQL's spelling of a duration: ``200ms``, ``30s``, ``5min``."""
    found = re.fullmatch(r"\s*(\d+)\s*(ms|s|min|h|d)\s*", value) if isinstance(value, str) else None
    return timedelta(**{_UNITS[found[2]]: int(found[1])}) if found else value


Duration = Annotated[timedelta, BeforeValidator(_duration)]


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
        postgres_version: Major version of the embedded PostgreSQL.
    """

    model_config = SettingsConfigDict(
        env_prefix="PHASED_",
        env_file=".env",
        extra="ignore",
        pyproject_toml_table_header=("tool", "phased"),
        populate_by_name=True,
    )

    database_url: SecretStr | None = Field(
        default=None, validation_alias=AliasChoices("DATABASE_URL", "database_url")
    )
    max_stall: Duration = timedelta(milliseconds=200)
    lock_budget: Duration = timedelta(minutes=10)
    contract: Literal["proven", "manual", "immediate"] = "proven"
    start_after: str | None = None
    batch_duration: Duration = timedelta(milliseconds=100)
    postgres_version: int = 18

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
