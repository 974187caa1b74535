"""Every statement that SQLAlchemy has for a connection passes through a function of ours."""

from __future__ import annotations

import re
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

from sqlalchemy import event

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Connection

    Turn = Callable[[str, Callable[[], None]], None]

_PLACEHOLDER = re.compile(r"%(?:\(([^)]*)\))?[sbt]|%%")


@contextmanager
def intercepted(connection: Connection, turn: Turn) -> Iterator[None]:
    """Let a function decide over each statement, whoever sends it over the connection.

    Args:
        connection: Over psycopg; other connections of its engine are left alone.
        turn: Takes the text as PostgreSQL reads it, `$1` for a parameter, and what sends the
            statement; where that is not called, the statement is taken for sent.
    """
    driver, dialect = connection.connection.dbapi_connection, connection.dialect

    def is_ours(cursor: Any) -> bool:
        return cursor.connection is driver

    def with_parameters(method: Any, cursor: Any, sql: str, *arguments: Any) -> bool:
        if is_ours(cursor):
            turn(numbered(sql), partial(method, cursor, sql, *arguments))
        return is_ours(cursor)

    def bare(cursor: Any, sql: str, context: Any) -> bool:
        if is_ours(cursor):
            turn(sql, partial(dialect.do_execute_no_params, cursor, sql, context))
        return is_ours(cursor)

    listeners: dict[str, Callable[..., bool]] = {
        "do_execute": partial(with_parameters, dialect.do_execute),
        "do_executemany": partial(with_parameters, dialect.do_executemany),
        "do_execute_no_params": bare,
    }
    with ExitStack() as stack:
        for name, listener in listeners.items():
            event.listen(dialect, name, listener)
            stack.callback(event.remove, dialect, name, listener)
        yield


def numbered(sql: str) -> str:
    """A statement as psycopg takes it, as PostgreSQL gets it.

    >>> numbered("UPDATE users SET name = %(name)s::VARCHAR WHERE name LIKE '%%a'")
    "UPDATE users SET name = $1::VARCHAR WHERE name LIKE '%a'"
    """
    known: dict[str, int] = {}

    def number(found: re.Match[str]) -> str:
        if found[0] == "%%":
            return "%"
        name = found[1] or f"%s {len(known)}"
        return f"${known.setdefault(name, len(known) + 1)}"

    return _PLACEHOLDER.sub(number, sql)
