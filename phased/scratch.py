"""What old-style revisions do when they run: captured statement by statement on a scratch database.

`upgrade()` that reads rows or inspects the schema cannot be recorded without a database. A new
empty one beside the user's gets the whole history up to there, and goes away again.
"""

from __future__ import annotations

import secrets
import sys
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

import psycopg
from alembic.operations import Operations, ops
from alembic.runtime.migration import MigrationContext
from psycopg import sql
from sqlalchemy import create_engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from phased.connection import settle
from phased.errors.revisions import ScratchFailed, ScratchRefused, SqlSyntax, TouchesDatabase
from phased.intercept import intercepted
from phased.phases import is_legacy, phase_functions
from phased.record import Recorded, line_in, record, split
from phased.server_wide import is_server_wide
from phased.statements import parse
from phased.untouched import untouched

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from alembic.script import Script
    from sqlalchemy import Connection

    from phased.session import Session

PREFIX = "phased_scratch_"


@dataclass(slots=True)
class Captured:
    """What a history did on the scratch database.

    Attributes:
        calls: Of each old-style revision that ran, by its id.
        failed: The revision that did not run, where one did not; those after it were not tried.
        reason: What it raised, in one line.
    """

    calls: dict[str, list[Recorded]] = field(default_factory=dict)
    failed: str = ""
    reason: str = ""


def capture(session: Session, scripts: Iterable[Script]) -> Captured:
    """Run a history on a scratch database.

    Raises:
        ScratchRefused: The role may not create a database.
        ScratchFailed: The server cannot create one.
    """
    captured = Captured()
    with _scratch(session) as connection, redirect_stdout(sys.stderr):
        for script in scripts:
            try:
                calls = _run(session, connection, script)
            except Exception as error:  # noqa: BLE001 # whatever user code raises on an empty database
                captured.failed, captured.reason = script.revision, _first_line(error)
                break
            if is_legacy(script.module):
                captured.calls[script.revision] = calls
    return captured


@contextmanager
def _scratch(session: Session) -> Iterator[Connection]:
    name = PREFIX + secrets.token_hex(4)
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
    try:
        _create(session.watch, name)
        with _connect(session.watch, name) as connection:
            settle(_driver(connection))
            yield connection
    finally:
        session.watch.execute(drop)


def _create(watch: psycopg.Connection[Any], name: str) -> None:
    try:
        watch.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    except psycopg.errors.InsufficientPrivilege as error:
        raise ScratchRefused(user=watch.info.user) from error
    except psycopg.Error as error:
        raise ScratchFailed(reason=_first_line(error)) from error


def _connect(watch: psycopg.Connection[Any], name: str) -> Connection:
    """Connect as the other connection did, to another database."""
    options = {**watch.info.get_parameters(), "password": watch.info.password, "dbname": name}
    engine = create_engine(
        "postgresql+psycopg://",
        creator=lambda: psycopg.connect(**cast("dict[str, Any]", options)),
        poolclass=NullPool,
    )
    try:
        return engine.connect()
    except DBAPIError as error:
        raise ScratchFailed(reason=_first_line(error)) from error


def _run(session: Session, connection: Connection, script: Script) -> list[Recorded]:
    if is_legacy(script.module):
        return _listen(session, connection, script)
    for _, function in phase_functions(script):
        for call in record(function, script.path):
            for statement in call.sql:
                _autocommit(connection, statement)
    return []


def _listen(session: Session, connection: Connection, script: Script) -> list[Recorded]:
    heard: dict[tuple[str, int], Recorded] = {}

    def turn(text: str, send: Callable[[], None]) -> None:
        loose, line = _driver(connection).autocommit, line_in(script.path)
        for one in split(text):
            if not _looks_around(one):  # and what a loop repeats is said once
                heard.setdefault((one, line), Recorded(ops.ExecuteSQLOp(one), (one,), line, loose))
        _send(text, send, connection)

    def refuse() -> None:
        raise TouchesDatabase(path=script.path, line=line_in(script.path))

    with (
        untouched(refuse, connection.engine),
        intercepted(connection, turn),
        _operations(session, connection),
    ):
        phase_functions(script)[0][1]()
    return list(heard.values())


@contextmanager
def _operations(session: Session, connection: Connection) -> Iterator[None]:
    """`op` for the scratch database, in a transaction."""
    context = MigrationContext.configure(
        connection,
        environment_context=session.context.environment_context,
        opts={**session.context.opts, "transaction_per_migration": False},
    )
    with context.begin_transaction(), Operations.context(context):
        yield


def _send(text: str, send: Callable[[], None], connection: Connection) -> None:
    """Send a text, or what of it stays within the database."""
    if not is_server_wide(text):
        return send()
    for one in split(text):
        if not is_server_wide(one):
            _driver(connection).execute(one.encode())
    return None


def _looks_around(statement: str) -> bool:
    """Whether it asks PostgreSQL's own catalogs, as `inspect()` does, or is about a savepoint."""
    try:
        found = parse(statement)
    except SqlSyntax:
        return False
    return all(
        "SAVEPOINT" in one.kind or (one.kind == "SELECT" and one.locks and not one.scans)
        for one in found
    )


def _autocommit(connection: Connection, statement: str) -> None:
    if is_server_wide(statement):
        return
    connection.commit()
    driver = _driver(connection)
    driver.autocommit = True
    try:
        driver.execute(statement.encode())
    finally:
        driver.autocommit = False


def _driver(connection: Connection) -> psycopg.Connection[Any]:
    return cast("psycopg.Connection[Any]", connection.connection.dbapi_connection)


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[0]}" if lines else type(error).__name__
