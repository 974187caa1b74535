"""One batch of `op.backfill_rows()`: rows are read and locked, given to the function, written."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING, Any

from psycopg import Cursor, ProgrammingError, adapt
from psycopg.rows import dict_row, tuple_row
from psycopg.types.json import Jsonb

from phased.batch import LEAVES, aliased, rows
from phased.cursor import Range
from phased.errors.backfill import FunctionFailed, FunctionReturns
from phased.naming import quote, relation

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from psycopg import Connection, abc

    from phased.model import Backfill

PLACE = "phased_place"
AT_ONCE = 128  # pages
TYPES = """
SELECT attname::text, format_type(atttypid, atttypmod) FROM pg_attribute
WHERE attrelid = to_regclass(%s) AND attnum > 0 AND NOT attisdropped
"""


class TooLong(Exception):
    """The function keeps rows locked for longer than others may wait."""


def select(work: Backfill, leaf: str, pages: Range, key: str = "", *, again: bool = False) -> str:
    """The SELECT of one batch."""
    table = quote(work.table)
    columns = ", ".join(f"{table}.{quote(column)}" for column in work.values)
    return (
        f"SELECT {columns}, {table}.ctid::text AS {PLACE} FROM ONLY {aliased(work, leaf)}"
        f" WHERE {rows(work, pages, key, again=again)} FOR NO KEY UPDATE"
    )


def fill(
    connection: Connection[Any],
    work: Backfill,
    leaf: str,
    run: Callable[[Cursor[Any]], object],
    limit: float | None,
) -> int:
    """Fill the rows that `run` selects, inside a transaction; how many were changed.

    Raises:
        TooLong: It takes more than `limit` seconds.
        FunctionFailed: The function raised an error.
        FunctionReturns: It returned something other than new values of the row's columns.
    """
    began = time.monotonic()
    with connection.cursor(row_factory=dict_row) as cursor:
        run(cursor)
        found = cursor.fetchall()
    changes: list[tuple[str, dict[str, Any]]] = []
    for number, row in enumerate(found):
        if limit is not None and time.monotonic() - began > limit and number:
            raise TooLong
        place = row.pop(PLACE)
        changed = change(work, row)
        if changed:
            changes.append((place, {**row, **changed}))
    return _write(connection, work, leaf, changes)


def fill_all(connection: Connection[Any], work: Backfill) -> None:
    """Fill all rows in the transaction that is open.

    Raises:
        FunctionFailed: The function raised an error.
        FunctionReturns: It returned something other than new values of the row's columns.
    """
    with connection.cursor(row_factory=tuple_row) as cursor:
        leaves = cursor.execute(LEAVES, (relation(work.table, work.schema),)).fetchall()
    for leaf, end, _ in leaves:
        for first in range(0, end, AT_ONCE):
            pages = Range(first, min(first + AT_ONCE, end))
            query = select(work, leaf, pages).encode()
            fill(connection, work, leaf, partial(Cursor.execute, query=query), None)


def change(work: Backfill, row: dict[str, Any]) -> dict[str, Any]:
    """What the function changes; without a `where`, values that are there stay.

    Raises:
        FunctionFailed: The function raised an error.
        FunctionReturns: It returned something other than new values of the row's columns.
    """
    made = _call(work, row)
    wanted = {c: v for c, v in made.items() if work.where or row[c] is None}
    return {column: value for column, value in wanted.items() if value != row[column]}


def _call(work: Backfill, row: dict[str, Any]) -> Mapping[str, Any]:
    if work.function is None:
        raise TypeError(work)
    try:
        made: object = work.function(dict(row))
    except Exception as error:
        raise FunctionFailed(**_facts(work, row), reason=_reason(error)) from error
    if made is None:
        return {}
    if not isinstance(made, dict) or not made.keys() <= row.keys():
        raise FunctionReturns(**_facts(work, row), returned=_short(made))
    return made


def _facts(work: Backfill, row: Mapping[str, Any]) -> dict[str, str]:
    name = str(getattr(work.function, "__name__", work.function))
    return {"table": work.table, "function": name, "row": _short(dict(row))}


def _reason(error: Exception) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 300 else f"{text[:299]}…"  # noqa: PLR2004 # enough to know it by


def _write(
    connection: Connection[Any],
    work: Backfill,
    leaf: str,
    changes: Sequence[tuple[str, dict[str, Any]]],
) -> int:
    if not changes:
        return 0
    types = dict(connection.execute(TYPES, (leaf,)).fetchall())
    transformer = adapt.Transformer(connection)
    places = [place for place, _ in changes]
    arrays = [
        [_text(transformer, work, types[column], row, column) for _, row in changes]
        for column in work.values
    ]
    return connection.execute(_update(work, leaf, types).encode(), (places, *arrays)).rowcount


def _update(work: Backfill, leaf: str, types: Mapping[str, str]) -> str:
    """Values go as text and are read as the type of their column, whatever Python made them."""
    names = [f"v{number}" for number, _ in enumerate(work.values)]
    pairs = zip(work.values, names, strict=True)
    values = ", ".join(f"{quote(c)} = new.{name}::{types[c]}" for c, name in pairs)
    given = ", ".join(["%s::tid[]", *("%s::text[]" for _ in names)])
    return (
        f"UPDATE ONLY {_plain(aliased(work, leaf))} SET {_plain(values)}"
        f" FROM unnest({given}) AS new (place, {', '.join(names)})"
        f" WHERE {_plain(quote(work.table))}.ctid = new.place"
    )


def _plain(sql: str) -> str:
    """For psycopg, which reads %s as a parameter."""
    return sql.replace("%", "%%")


def _text(
    transformer: abc.Transformer, work: Backfill, type_: str, row: Mapping[str, Any], column: str
) -> str | None:
    """A value as PostgreSQL reads it."""
    value = row[column]
    if value is None:
        return None
    given = Jsonb(value) if type_ in {"json", "jsonb"} else value
    try:
        dumped = transformer.get_dumper(given, adapt.PyFormat.TEXT).dump(given)
    except ProgrammingError as error:
        raise FunctionFailed(**_facts(work, row), reason=_reason(error)) from error
    return None if dumped is None else bytes(dumped).decode()
