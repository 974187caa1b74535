"""The models' objects on empty twins of their tables, so that PostgreSQL itself spells them.

Temporary tables in a savepoint that is rolled back: no lock on a table of the user's, no trace.
"""

from __future__ import annotations

import json
import logging
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import text

from phased.errors.database import CannotCompare, NoTemporaryTables
from phased.inventory import TEMPORARY, take
from phased.naming import quote

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence

    from sqlalchemy import Connection

    from phased.table_state import ColumnState, ConstraintState, IndexState, TableState

    State = ColumnState | ConstraintState | IndexState

SCALARS = "phased_scalars"
TABLES_AT_ONCE = 100  # each takes locks until its savepoint is rolled back
SCALARS_AT_ONCE = 800  # a table has at most 1600 columns
TEMPORARY_TABLES = text("""
    SELECT current_user AS role, current_database() AS database,
        has_database_privilege(current_database(), 'TEMPORARY') AS allowed,
        current_setting('transaction_read_only')::boolean AS read_only
""")
WORK = "CREATE TEMPORARY TABLE phased_work (place int, statement text, state text, error text)"
FILL = text("""
    INSERT INTO pg_temp.phased_work (place, statement)
    SELECT place, statement
    FROM json_to_recordset(CAST(:work AS json)) AS w(place int, statement text)
""")
RUN = """
    DO $phased$
    DECLARE item record;
    BEGIN
        FOR item IN SELECT place, statement FROM pg_temp.phased_work ORDER BY place LOOP
            BEGIN
                EXECUTE item.statement;
            EXCEPTION WHEN OTHERS THEN
                UPDATE pg_temp.phased_work SET state = SQLSTATE, error = SQLERRM
                    WHERE place = item.place;
            END;
        END LOOP;
    END
    $phased$
"""
UNDO = "ROLLBACK TO SAVEPOINT phased_twin"
ERRORS = text("SELECT place, state, error FROM pg_temp.phased_work WHERE error IS NOT NULL")
INSUFFICIENT_PRIVILEGE = "42501"
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Wanted:
    """One object to build.

    Attributes:
        key: What the caller finds it by.
        parts: The statement, cut where the object's name belongs; ``{table}`` is already in it.
    """

    key: Hashable
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why PostgreSQL did not build something: SQLSTATE and message."""

    state: str
    message: str


@dataclass(frozen=True, slots=True)
class Twin:
    """One table to copy; the copy bears the same name.

    Attributes:
        name: Unquoted.
        columns: Name to type, as the database has them.
        added: The same, as the models have them in addition; a type may not be there yet.
        wanted: What to build on it.
    """

    name: str
    columns: Mapping[str, str] = field(default_factory=dict)
    added: Mapping[str, str] = field(default_factory=dict)
    wanted: tuple[Wanted, ...] = ()


def constraint(key: Hashable, table: str, body: str) -> Wanted:
    """A constraint of a twin.

    Args:
        key: What the caller finds it by.
        table: The table's name, unquoted.
        body: What follows the constraint's name: ``CHECK (a > 0)``.
    """
    return Wanted(key, (f"ALTER TABLE {_temporary(table)} ADD CONSTRAINT ", f" {body}"))


def index(key: Hashable, table: str, tail: str, *, unique: bool) -> Wanted:
    """An index of a twin; ``tail`` is what follows the table's name: ``USING gin (a)``."""
    create = "CREATE UNIQUE INDEX " if unique else "CREATE INDEX "
    return Wanted(key, (create, f" ON {_temporary(table)} {tail}"))


def column(key: Hashable, table: str, definition: str) -> Wanted:
    """One more column of a twin: ``int GENERATED ALWAYS AS (a + 1) STORED``."""
    return Wanted(key, (f"ALTER TABLE {_temporary(table)} ADD COLUMN ", f" {definition}"))


def scalar(key: Hashable, type_: str, default: str | None = None) -> Wanted:
    """A column that needs no table: a type, with a default perhaps."""
    alter = f"ALTER TABLE {_temporary(SCALARS)}"
    if default is None:
        return Wanted(key, (f"{alter} ADD COLUMN ", f" {type_}"))
    add, then = f"{alter} ADD COLUMN ", f" {type_}; {alter} ALTER COLUMN "
    return Wanted(key, (add, then, f" SET DEFAULT {default}"))


def build(
    connection: Connection, twins: Iterable[Twin], scalars: Iterable[Wanted]
) -> dict[Hashable, State]:
    """Build everything, read how PostgreSQL prints it, and roll back.

    Args:
        connection: In any state; its transaction, if any, goes on as it was.
        twins: Tables with what is to be built on them.
        scalars: Columns that need no table.

    Returns:
        What could be built, by its key; what could not is missing, and logged.

    Raises:
        NoTemporaryTables: The role has no TEMPORARY right, or the transaction is read only.
        CannotCompare: A table cannot be copied, or the role lacks a right.
    """
    built: dict[Hashable, State] = {}
    for chunk in _chunks(list(twins), list(_unique(scalars))):
        _refuse_without_temporary_tables(connection)
        with undone(connection):
            built |= _build_chunk(connection, chunk)
    return built


@contextmanager
def undone(connection: Connection) -> Iterator[None]:
    """Take back in the end whatever happens on a connection; its transaction goes on as it was."""
    autocommit = getattr(connection.connection.dbapi_connection, "autocommit", False)
    connection.exec_driver_sql("BEGIN" if autocommit else "SAVEPOINT phased_twin")
    try:
        yield
    finally:
        connection.exec_driver_sql("ROLLBACK" if autocommit else UNDO)


def _build_chunk(connection: Connection, twins: Sequence[Twin]) -> dict[Hashable, State]:
    wanted = [item for twin in twins for item in twin.wanted]
    names = {f"phased_{place}": item for place, item in enumerate(wanted)}
    tables = [_create(twin) for twin in twins]
    columns = [statement for twin in twins for statement in _add(twin)]
    objects = [name.join(item.parts) for name, item in names.items()]
    refused = _run(connection, [*tables, *columns, *objects])
    _refuse_half_a_comparison(twins, refused)
    states = take(connection, {twin.name: (TEMPORARY, twin.name) for twin in twins})
    return {names[name].key: state for name, state in _objects(states.values()) if name in names}


def _run(connection: Connection, work: Sequence[str]) -> dict[int, Refusal]:
    connection.exec_driver_sql(WORK)
    items = [{"place": place, "statement": sql} for place, sql in enumerate(work)]
    connection.execute(FILL, {"work": json.dumps(items)})
    connection.exec_driver_sql(RUN)
    refused = {row.place: Refusal(row.state, row.error) for row in connection.execute(ERRORS)}
    for place, refusal in refused.items():
        log.info("PostgreSQL refuses the models' %r: %s", work[place], refusal.message)
    return refused


def _refuse_half_a_comparison(twins: Sequence[Twin], refused: Mapping[int, Refusal]) -> None:
    """Without its twin, or with rights missing, everything on a table would look changed."""
    for place, refusal in refused.items():
        if place < len(twins) or refusal.state == INSUFFICIENT_PRIVILEGE:
            names = ", ".join(quote(twin.name) for twin in twins[place : place + 1] or twins)
            raise CannotCompare(tables=names, reason=refusal.message)


def _objects(states: Iterable[TableState]) -> Iterator[tuple[str, State]]:
    for state in states:
        yield from state.columns.items()
        yield from state.constraints.items()
        yield from ((name, one) for name, one in state.indexes.items() if not one.constraint)


def _create(twin: Twin) -> str:
    columns = ", ".join(f"{quote(name)} {type_}" for name, type_ in twin.columns.items())
    return f"CREATE TEMPORARY TABLE {quote(twin.name)} ({columns})"


def _add(twin: Twin) -> Iterator[str]:
    for name, type_ in twin.added.items():
        yield f"ALTER TABLE {_temporary(twin.name)} ADD COLUMN {quote(name)} {type_}"


def _chunks(twins: list[Twin], scalars: list[Wanted]) -> Iterator[list[Twin]]:
    for start in range(0, len(scalars), SCALARS_AT_ONCE):
        yield [Twin(SCALARS, wanted=tuple(scalars[start : start + SCALARS_AT_ONCE]))]
    waiting = [twin for twin in twins if twin.wanted]
    while waiting:
        # Twins of tables that share a name in two schemas go into different chunks.
        chunk = list({twin.name: twin for twin in reversed(waiting)}.values())[-TABLES_AT_ONCE:]
        yield chunk
        taken = {id(twin) for twin in chunk}
        waiting = [twin for twin in waiting if id(twin) not in taken]


def _unique(wanted: Iterable[Wanted]) -> Iterable[Wanted]:
    return {item.key: item for item in wanted}.values()


def _refuse_without_temporary_tables(connection: Connection) -> None:
    row = connection.execute(TEMPORARY_TABLES).one()
    if row.read_only or not row.allowed:
        raise NoTemporaryTables(
            role=quote(row.role),
            database=quote(row.database),
            reason="its transactions are read only" if row.read_only else "it lacks the right",
        )


def _temporary(table: str) -> str:
    return f"{TEMPORARY}.{quote(table)}"
