"""Connect, and refuse what phased cannot work on before anything is changed."""

from __future__ import annotations

import shlex
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, cast

import psycopg
from sqlalchemy import create_engine
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import NullPool

from phased.errors.database import (
    CannotConnect,
    MayNot,
    NotPostgreSQL,
    PoolTooSmall,
    ServerTooOld,
    ThroughPooler,
)
from phased.errors.settings import InvalidDatabaseUrl

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import URL, Connection, Engine
    from sqlalchemy.ext.asyncio import AsyncEngine

    Driver = psycopg.Connection[Any]

OLDEST = 14
TIMEOUTS = [
    "idle_in_transaction_session_timeout",
    "idle_session_timeout",
    "lock_timeout",
    "statement_timeout",
    "transaction_timeout",
]
WITHOUT_TIMEOUTS = "SELECT set_config(name, '0', false) FROM pg_settings WHERE name = ANY(%s)"
NOTICE_KILLED_CLIENT = "SET client_connection_check_interval = '1s'"
ROUNDS = 5
FORBIDDEN = (psycopg.errors.InsufficientPrivilege, psycopg.errors.ReadOnlySqlTransaction)
TO_OWNER = "Connect as the role that owns the tables, or GRANT this one what it lacks."
TO_PRIMARY = "Connect to the server that takes writes."
SECRETS = ("password", "sslpassword")


def as_engine(engine: Engine | AsyncEngine | Callable[[], Engine]) -> Engine:
    """A synchronous engine over psycopg, from an engine, sync or async, or what returns one.

    Over another driver only the URL is taken over, without `connect_args` and event listeners.

    Raises:
        NotPostgreSQL: It is for another database.
        InvalidDatabaseUrl: The function that makes it cannot read its URL.
    """
    given = _made(engine) if callable(engine) else engine
    sync = cast("Engine", getattr(given, "sync_engine", given))
    if sync.dialect.name != "postgresql":
        raise NotPostgreSQL(dialect=sync.dialect.name)
    if sync.dialect.driver == "psycopg" and not sync.dialect.is_async:
        return sync
    return create_engine(_for_psycopg(sync.url), poolclass=NullPool)


def _made(function: Callable[[], Engine]) -> Engine:
    try:
        return function()
    except ArgumentError as error:
        raise InvalidDatabaseUrl(reason=str(error)) from None


def _for_psycopg(url: URL) -> URL:
    """The URL without what only another driver understands; asyncpg calls sslmode ssl."""
    known = {option.keyword.decode() for option in psycopg.pq.Conninfo.get_defaults()}
    options = {"sslmode" if key == "ssl" else key: value for key, value in url.query.items()}
    kept = {key: value for key, value in options.items() if key in known}
    return url.set(drivername="postgresql+psycopg", query=kept)


@contextmanager
def connect(engine: Engine) -> Iterator[Connection]:
    """A connection of its own, READ COMMITTED; it does not return to the engine's pool.

    Raises:
        CannotConnect: With the reason, without the password.
        PoolTooSmall: The engine's pool gives out no second connection.
        ServerTooOld: It is older than 14.
    """
    try:
        connection = engine.connect()
    except DBAPIError as error:
        raise _refused(error, engine.url) from None
    except PoolTimeout:
        raise PoolTooSmall(url=shown(engine.url)) from None
    with connection:
        refuse_old(_driver(connection).info.server_version // 10_000)
        try:
            yield connection.execution_options(isolation_level="READ COMMITTED")
        finally:
            # Not detach(): Alembic's autocommit_block() needs the pool's record of the connection.
            connection.invalidate()


@contextmanager
def watching(engine: Engine) -> Iterator[psycopg.Connection[Any]]:
    """A second connection, in autocommit: it never holds a snapshot while it waits.

    Raises:
        CannotConnect: With the reason, without the password.
        PoolTooSmall: The engine's pool gives out no second connection.
        ServerTooOld: It is older than 14.
    """
    with connect(engine) as connection:
        watch = _driver(connection)
        watch.autocommit = True
        yield watch


@contextmanager
def another(engine: Engine) -> Iterator[psycopg.Connection[Any]]:
    """One more connection in autocommit, to work over.

    Raises:
        CannotConnect: With the reason, without the password.
        PoolTooSmall: The engine's pool gives out no more.
    """
    with watching(engine) as connection:
        settle(connection)
        yield connection


def settle(connection: psycopg.Connection[Any]) -> None:
    """Let no timeout of a role or a database strike, and the server notice a killed client."""
    with connection.transaction():
        connection.execute(WITHOUT_TIMEOUTS, (TIMEOUTS,))
    # Windows has no way to notice; there a killed runner is found by its next message.
    with suppress(psycopg.errors.InvalidParameterValue), connection.transaction():
        connection.execute(NOTICE_KILLED_CLIENT)


def refuse_pooler(
    first: psycopg.Connection[Any], second: psycopg.Connection[Any], url: URL
) -> None:
    """Two connections that are open at once never share a server process, except behind a pooler.

    Args:
        first: In autocommit.
        second: Another, with no transaction open.
        url: For the message.

    Raises:
        ThroughPooler: They do, or one of them changes its server process.
    """
    direct = _pid(first) == first.info.backend_pid and _pid(second) == second.info.backend_pid
    second.rollback()
    for _ in range(1 if direct else ROUNDS):
        if _shared(first, second):
            raise ThroughPooler(url=shown(url))


def _shared(first: Driver, second: Driver) -> bool:
    before = _pid(first)
    if _pid(first) != before:
        return True
    with second.transaction():
        # In this order: where there is one server connection only, `first` would wait for it.
        return _pid(second) == before or _pid(first) != before


def _pid(connection: Driver) -> int:
    row = connection.execute("SELECT pg_backend_pid()", prepare=False).fetchone()
    return int(row[0]) if row else 0


def refuse_old(major: int) -> None:
    """Refuse a server that lacks what the runner relies on.

    Raises:
        ServerTooOld: It is older than 14.
    """
    if major < OLDEST:
        raise ServerTooOld(server=major)


def shown(url: URL) -> str:
    """The URL as libpq takes it, without its passwords."""
    plain = url.set(drivername="postgresql").difference_update_query(SECRETS)
    return plain.render_as_string(hide_password=True)


@contextmanager
def rights(url: URL) -> Iterator[None]:
    """Say so in one error where the role lacks a right, or the server takes no writes.

    Raises:
        MayNot: With PostgreSQL's reason.
    """
    try:
        yield
    except psycopg.Error as error:
        if not isinstance(error, FORBIDDEN):
            raise
        raise _may_not(error, url) from error
    except DBAPIError as error:
        if not isinstance(error.orig, FORBIDDEN):
            raise
        raise _may_not(error.orig, url) from error


def _may_not(error: psycopg.Error, url: URL) -> MayNot:
    replica = isinstance(error, psycopg.errors.ReadOnlySqlTransaction)
    advice = TO_PRIMARY if replica else TO_OWNER
    return MayNot(url=shown(url), reason=error.diag.message_primary, advice=advice)


def _refused(error: DBAPIError, url: URL) -> CannotConnect:
    reason = str(error.orig).strip().splitlines()[0].removeprefix("connection failed: ")
    reason = " ".join(reason.split()).rstrip(".")
    return CannotConnect(url=shown(url), reason=reason, advice=_advice(reason, url))


def _advice(reason: str, url: URL) -> str:
    if "database" in reason and reason.endswith("does not exist"):
        return f"Create it: {_createdb(url)}"
    if "authentication" in reason or "password" in reason:
        return "Check user and password in DATABASE_URL."
    return "Check host and port in DATABASE_URL, and that the server is running."


def _createdb(url: URL) -> str:
    options = {"-h": url.host or url.query.get("host"), "-p": url.port, "-U": url.username}
    given = [f"{name} {shlex.quote(str(value))}" for name, value in options.items() if value]
    return " ".join(["createdb", *given, shlex.quote(url.database or "")])


def _driver(connection: Connection) -> Driver:
    return cast("Driver", connection.connection.dbapi_connection)
