"""What old-style revisions do when they run: captured statement by statement on a scratch database.

`upgrade()` that reads rows or inspects the schema cannot be recorded without a database. A new
empty one beside the user's gets the whole history up to there, and goes away again.
"""

from __future__ import annotations

import secrets
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

import psycopg
from alembic.operations import Operations, ops
from alembic.runtime.migration import MigrationContext
from psycopg import sql
from sqlalchemy import create_engine, event
from sqlalchemy.pool import NullPool

from phased.errors.revisions import ScratchRefused
from phased.legacy import plain
from phased.phases import is_legacy, phase_functions
from phased.record import Recorded, line_in, record, split

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from alembic.script import Script
    from sqlalchemy import Connection, Engine


def capture(engine: Engine, scripts: Iterable[Script]) -> dict[str, list[Recorded]]:
    """Run a history on a scratch database; what each old-style revision executed, by its id.

    A revision that fails there, because it needs rows that only the real database has, is left
    out, and so are those that build on it.

    Raises:
        ScratchRefused: The role may not create a database.
    """
    captured: dict[str, list[Recorded]] = {}
    with _scratch(engine) as connection:
        for script in scripts:
            try:
                calls = _run(connection, script)
            except Exception:  # noqa: BLE001 # whatever user code raises on an empty database
                break
            if is_legacy(script.module):
                captured[script.revision] = calls
    return captured


@contextmanager
def _scratch(engine: Engine) -> Iterator[Connection]:
    name = f"phased_scratch_{secrets.token_hex(4)}"
    url = engine.url.render_as_string(hide_password=False).replace("+psycopg", "", 1)
    with psycopg.connect(url, autocommit=True) as maintenance:
        try:
            maintenance.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        except psycopg.errors.InsufficientPrivilege as error:
            raise ScratchRefused(user=maintenance.info.user) from error
        try:
            scratch = create_engine(engine.url.set(database=name), poolclass=NullPool)
            with scratch.connect() as connection:
                yield connection
        finally:
            drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
            maintenance.execute(drop.format(sql.Identifier(name)))


def _run(connection: Connection, script: Script) -> list[Recorded]:
    if is_legacy(script.module):
        return _listen(connection, script)
    for _, function in phase_functions(script):
        for call in record(function, script.path):
            for statement in call.sql:
                _autocommit(connection, statement)
    return []


def _listen(connection: Connection, script: Script) -> list[Recorded]:
    heard: list[Recorded] = []

    def before(_: object, cursor: Any, text: str, parameters: object, *__: object) -> None:
        raw = plain(text, parametrised=bool(parameters))
        loose = bool(cursor.connection.autocommit)
        line = line_in(script.path)
        heard.extend(Recorded(ops.ExecuteSQLOp(one), (one,), line, loose) for one in split(raw))

    context = MigrationContext.configure(connection, opts={"transaction_per_migration": True})
    event.listen(connection, "before_cursor_execute", before)
    try:
        with context.begin_transaction(_per_migration=True), Operations.context(context):
            phase_functions(script)[0][1]()
    finally:
        event.remove(connection, "before_cursor_execute", before)
    return heard


def _autocommit(connection: Connection, statement: str) -> None:
    driver = cast("psycopg.Connection[Any]", connection.connection.dbapi_connection)
    connection.commit()
    driver.autocommit = True
    try:
        driver.execute(statement)
    finally:
        driver.autocommit = False
