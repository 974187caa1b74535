"""Connect, and refuse what phased cannot work on before anything is changed."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import create_engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from phased.errors.database import CannotConnect, NotPostgreSQL, ServerTooOld, ThroughPooler

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import psycopg
    from sqlalchemy import URL, Connection, Engine
    from sqlalchemy.ext.asyncio import AsyncEngine

    Driver = psycopg.Connection[Any]

OLDEST = 14
SESSION = (
    "SET lock_timeout = 0",
    "SET statement_timeout = 0",
    "SET idle_in_transaction_session_timeout = 0",
    "SET client_connection_check_interval = '1s'",
)
"""The last makes the server notice a killed client while it works or waits for it."""


def as_engine(engine: Engine | AsyncEngine | Callable[[], Engine]) -> Engine:
    """A synchronous engine over psycopg, from an engine, sync or async, or what returns one.

    Raises:
        NotPostgreSQL: It is for another database.
    """
    given = engine() if callable(engine) else engine
    sync = cast("Engine", getattr(given, "sync_engine", given))
    if sync.dialect.name != "postgresql":
        raise NotPostgreSQL(dialect=sync.dialect.name)
    if sync.dialect.driver == "psycopg":
        return sync
    return create_engine(sync.url.set(drivername="postgresql+psycopg"), poolclass=NullPool)


@contextmanager
def connect(engine: Engine) -> Iterator[Connection]:
    """A connection for steps, with settings that no role or database default disturbs.

    Raises:
        CannotConnect: With the reason, without the password.
        ServerTooOld: It is older than 14.
    """
    try:
        connection = engine.connect()
    except OperationalError as error:
        raise _refused(error, engine.url) from None
    with connection:
        _check_version(connection)
        for setting in SESSION:
            connection.exec_driver_sql(setting)
        connection.commit()
        yield connection
        connection.invalidate()


@contextmanager
def watching(engine: Engine) -> Iterator[psycopg.Connection[Any]]:
    """A second connection, in autocommit: it never holds a snapshot while it waits.

    Raises:
        CannotConnect: With the reason, without the password.
    """
    with connect(engine) as connection:
        watch = cast("psycopg.Connection[Any]", connection.connection.driver_connection)
        watch.autocommit = True
        yield watch


def refuse_pooler(
    first: psycopg.Connection[Any], second: psycopg.Connection[Any], url: URL
) -> None:
    """Two connections that are open at once never share a server process, except behind a pooler.

    Raises:
        ThroughPooler: They do.
    """
    before = _pid(first)
    with second.transaction():
        shared = _pid(second) == before
        moved = _pid(first) != before
    if shared or moved:
        raise ThroughPooler(url=url.render_as_string(hide_password=True))


def _pid(connection: Driver) -> int:
    row = connection.execute("SELECT pg_backend_pid()").fetchone()
    return int(row[0]) if row else 0


def _check_version(connection: Connection) -> None:
    version = connection.exec_driver_sql("SHOW server_version_num").scalar_one()
    refuse_old(int(version) // 10_000)


def refuse_old(major: int) -> None:
    """Refuse a server that lacks what the runner relies on.

    Raises:
        ServerTooOld: It is older than 14.
    """
    if major < OLDEST:
        raise ServerTooOld(server=major)


def _refused(error: OperationalError, url: URL) -> CannotConnect:
    reason = " ".join(str(error.orig).split())
    shown = url.render_as_string(hide_password=True)
    return CannotConnect(url=shown, reason=reason, advice=_advice(reason, url))


def _advice(reason: str, url: URL) -> str:
    if "does not exist" in reason and "database" in reason:
        return f"Create it:\n\n    createdb {url.database}"
    if "authentication" in reason or "password" in reason:
        return "Check user and password in DATABASE_URL."
    return "Check host and port in DATABASE_URL, and that the server is running."
