"""The engine, made when it is first asked for."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from sqlalchemy import create_engine

from app.settings import Settings
from phased.embedded import database_url

if TYPE_CHECKING:
    from sqlalchemy import Engine


@cache
def engine() -> Engine:
    """The application's engine: ``DATABASE_URL``, else ``.env``, else the embedded PostgreSQL."""
    settings = Settings()
    return create_engine(
        database_url(),
        pool_size=settings.pool_size,
        echo=settings.echo,
        connect_args={"application_name": f"app {settings.release}"},
    )
