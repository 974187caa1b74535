"""Settings of the application: the environment, then ``.env``."""

from __future__ import annotations

from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """``APP_`` before the name in the environment; ``DATABASE_URL`` is read by ``app.db``.

    Attributes:
        release: What this build is called; connections carry it as ``application_name``.
        pool_size: Connections that one process keeps open.
        echo: Log every statement.
    """

    model_config = SettingsConfigDict(env_prefix="APP_", env_file=".env", extra="ignore")

    release: str = "development"
    pool_size: int = 5
    echo: bool = False
