"""`phased.tag()`: every connection of an application says which release it belongs to.

The tag stands in ``application_name``, where everybody who may see a session can read it: a
contract waits for the sessions of older releases, and names them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine, event

if TYPE_CHECKING:
    from sqlalchemy.engine import ExceptionContext
    from sqlalchemy.ext.asyncio import AsyncEngine

LONGEST = 63  # bytes of an application_name; PostgreSQL cuts off the rest
MARK = "@"
CACHED_PLAN = "0A000"


def tag(engine: Engine | AsyncEngine, release: str) -> None:
    """Tag the connections that an engine opens from now on.

    A session that was called ``web`` is called ``web@3f2a91c0b7de``. And where a prepared statement
    fails because a migration changed its result ("cached plan must not change result type"), the
    connection leaves the pool with all of its prepared statements, so that it fails no second time.

    Args:
        engine: The application's engine, before it is used.
        release: The revision that this build was made for: ``alembic heads`` at build time.
    """
    plain = engine if isinstance(engine, Engine) else engine.sync_engine

    @event.listens_for(plain, "do_connect")
    def name(
        _dialect: object, _record: object, arguments: list[Any], options: dict[str, Any]
    ) -> None:
        _name(plain.dialect.driver, arguments, options, release)

    event.listen(plain, "handle_error", forget_prepared)


def tagged(name: str, release: str) -> str:
    """The ``application_name`` of a session: the end is the release, whatever has to be cut."""
    end = f"{MARK}{release}".encode()
    printable = name.encode("ascii", "replace")  # as PostgreSQL does it
    return (printable[: LONGEST - len(end)] + end).decode()


def release_of(application_name: str) -> str | None:
    """The release that a session says it belongs to; None where it says nothing."""
    _, mark, release = application_name.rpartition(MARK)
    return release if mark else None


def forget_prepared(context: ExceptionContext) -> None:
    """Give up the one connection whose prepared statement has outlived its result type."""
    error = context.original_exception
    if getattr(error, "sqlstate", None) == CACHED_PLAN and "cached plan" in str(error):
        context.invalidate_pool_on_disconnect = False
        context.is_disconnect = True


def _name(driver: str, arguments: list[Any], options: dict[str, Any], release: str) -> None:
    if driver == "asyncpg":
        options["server_settings"] = _with_name(options.get("server_settings", {}), release)
    else:
        options |= _with_name(options, release, *map(str, arguments))


def _with_name(options: dict[str, Any], release: str, *conninfo: str) -> dict[str, Any]:
    from psycopg.conninfo import conninfo_to_dict

    known = [conninfo_to_dict(text).get("application_name") for text in conninfo]
    own = options.get("application_name") or next(filter(None, known), None)
    return {**options, "application_name": tagged(str(own or _program()), release)}


def _program() -> str:
    """What a session is called that nobody gave a name."""
    import os
    import sys
    from pathlib import Path

    return os.environ.get("PGAPPNAME") or Path(sys.argv[0]).stem or "python"
