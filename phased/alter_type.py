"""Ask PostgreSQL what ALTER COLUMN TYPE would do: on an empty copy, in a savepoint rolled back.

The copy has the table's indexes and checks, because a change that leaves the rows alone may still
build an index anew or check every row. An index over the column alone is added: where it is kept,
values compare as before.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from alembic.operations.ops import AlterColumnOp
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from phased.compiled import compiler, type_of
from phased.facts.questions import family, split
from phased.in_place import InPlace
from phased.inventory import TEMPORARY
from phased.naming import quote, relation
from phased.operations.create_domain import CreateDomainOp
from phased.operations.enum import CreateEnumOp
from phased.operations.schema import CreateSchemaOp
from phased.recipe import model_column, table_of
from phased.record import render
from phased.twin import undone

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from alembic.operations import MigrateOperation
    from sqlalchemy import Connection, CursorResult

    from phased.recipe import Context

PROBE = "phased_probe"
MAKES = (CreateSchemaOp, CreateEnumOp, CreateDomainOp)
STRINGS = "S"  # of pg_type.typcategory
STATEMENTS = {
    "phased_column": "SELECT {column} FROM {table}",
    "phased_row": "SELECT * FROM {table}",
    "phased_returning": "INSERT INTO {table} ({column}) SELECT {column} FROM {table} RETURNING *",
}
USERS = text("""
    SELECT pg_catalog.pg_describe_object(d.classid, d.objid, 0)
    FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_attribute a
        ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
    WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid = CAST(:name AS regclass)
        AND a.attname = :column AND d.classid IN ('pg_rewrite'::regclass, 'pg_policy'::regclass,
            'pg_trigger'::regclass, 'pg_proc'::regclass, 'pg_publication_rel'::regclass)
    UNION ALL
    SELECT 'the partition key' FROM pg_catalog.pg_partitioned_table p
        JOIN pg_catalog.pg_attribute a ON a.attrelid = p.partrelid AND a.attnum = ANY (p.partattrs)
    WHERE p.partrelid = CAST(:name AS regclass) AND a.attname = :column
    LIMIT 1
""")
STORED = text("""
    SELECT '' AS name, 'the table' AS shown,
        pg_catalog.pg_relation_filenode(CAST(:name AS regclass)) AS held
    UNION ALL
    SELECT c.relname, 'the index on ' || (
            SELECT string_agg(pg_catalog.pg_get_indexdef(c.oid, n, true), ', ' ORDER BY n)
            FROM generate_series(1, i.indnkeyatts) AS n
        ), pg_catalog.pg_relation_filenode(c.oid)
    FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
    WHERE i.indrelid = CAST(:name AS regclass)
    UNION ALL
    SELECT 'check ' || conname, 'the check ' || conname, oid FROM pg_catalog.pg_constraint
    WHERE conrelid = CAST(:name AS regclass) AND contype = 'c'
""")
CATEGORY = text("SELECT typcategory FROM pg_catalog.pg_type WHERE oid = :type")
LEFT = text("SELECT name FROM pg_catalog.pg_prepared_statements WHERE name = ANY (:names)")


@dataclass(frozen=True, slots=True)
class Copy:
    """An empty copy of a table, and the column that changes; both for SQL."""

    connection: Connection
    table: str
    column: str

    def run(self, sql: str) -> CursorResult[Any]:
        """Run a statement.

        Raises:
            DBAPIError: PostgreSQL refuses it.
        """
        return self.connection.exec_driver_sql(sql.replace("%", "%%"))

    def takes(self, sql: str) -> bool:
        """Whether PostgreSQL takes a statement; where not, it is as if it was not tried."""
        self.connection.exec_driver_sql("SAVEPOINT phased_attempt")
        try:
            self.run(sql)
        except DBAPIError:
            self.connection.exec_driver_sql("ROLLBACK TO SAVEPOINT phased_attempt")
            return False
        return True


def ask(
    connection: Connection | None, changes: Iterable[MigrateOperation], context: Context
) -> dict[tuple[str, str], InPlace]:
    """What each change of a type would do, by the relation and the column.

    Args:
        connection: To the database that the revision is written against.
        changes: Those of the revision.
        context: Knows the models' columns, and the partitions of their tables.
    """
    changes = list(changes)
    found = [o for o in changes if isinstance(o, AlterColumnOp) and o.modify_type is not None]
    if connection is None or not found:
        return {}
    made = [sql for op in changes if isinstance(op, MAKES) for sql in render(op)]
    return {(table_of(op), op.column_name): _ask(connection, op, made, context) for op in found}


def _ask(
    connection: Connection, op: AlterColumnOp, made: Sequence[str], context: Context
) -> InPlace:
    """The table's answer, or the worst of its partitions: each has indexes of its own."""
    column = model_column(op, op.column_name, context)
    type_ = None if column is None else type_of(column, compiler(connection.dialect))
    if type_ is None:
        return InPlace("the models do not say its type")
    found = InPlace(alike=True, plans=True)
    for name in family(context.facts, table_of(op)):
        one = _of_table(connection, name, op.column_name, (*made, type_))
        found = InPlace(
            found.reason or one.reason,
            (*found.writes, *one.writes),
            found.alike and one.alike,
            found.plans and one.plans,
        )
    return found


def _of_table(connection: Connection, name: str, column: str, types: Sequence[str]) -> InPlace:
    """What the change would do; ``types`` are statements that make types, and the type."""
    used = connection.execute(USERS, {"name": name, "column": column}).scalar()
    if used is not None:
        return InPlace(f"{used} uses it")
    try:
        with undone(connection):
            copy = _copy(connection, name, column)
            for sql in types[:-1]:
                copy.takes(sql)
            return _tried(copy, types[-1])
    except DBAPIError as error:
        said = getattr(error.orig, "diag", None)
        return InPlace(str(getattr(said, "message_primary", None) or error.orig))
    finally:
        _forget(connection)


def _copy(connection: Connection, name: str, column: str) -> Copy:
    own = split(name)[1]
    connection.exec_driver_sql(
        f"CREATE TEMPORARY TABLE {quote(own)} (LIKE {name} INCLUDING ALL)".replace("%", "%%")
    )
    made = Copy(connection, relation(own, TEMPORARY), quote(column))
    made.takes(f"CREATE INDEX {PROBE} ON {made.table} ({made.column})")
    return made


def _tried(copy: Copy, type_: str) -> InPlace:
    """Everything before, the change, and everything after.

    Raises:
        DBAPIError: PostgreSQL refuses the change.
    """
    prepared = [name for name, sql in _statements(copy) if copy.takes(f"PREPARE {name} AS {sql}")]
    before, told = _stored(copy), _told(copy)
    copy.run(f"ALTER TABLE {copy.table} ALTER COLUMN {copy.column} TYPE {type_}")
    after = _stored(copy)
    written = {name: shown for name, (shown, held) in before.items() if after[name][1] != held}
    return InPlace(
        writes=tuple(sorted(shown for name, shown in written.items() if name != PROBE)),
        alike=told == _told(copy) and PROBE not in written,
        plans=min([copy.takes(f"EXECUTE {name}") for name in prepared], default=True),
    )


def _statements(copy: Copy) -> Iterator[tuple[str, str]]:
    for name, sql in STATEMENTS.items():
        yield name, sql.format(table=copy.table, column=copy.column)


def _stored(copy: Copy) -> dict[str, tuple[str, int]]:
    """Files of the table and its indexes, and the checks: what is made anew has another number."""
    rows = copy.connection.execute(STORED, {"name": copy.table})
    return {row.name: (row.shown, row.held) for row in rows}


def _told(copy: Copy) -> str:
    """The type of value that drivers are told; strings are all the same to them."""
    result = copy.run(f"SELECT {copy.column} FROM {copy.table}")
    type_ = result.cursor.description[0][1]
    result.close()
    category = copy.connection.execute(CATEGORY, {"type": type_}).scalar()
    return STRINGS if category == STRINGS else str(type_)


def _forget(connection: Connection) -> None:
    """Prepared statements outlive the savepoint."""
    for name in connection.execute(LEFT, {"names": list(STATEMENTS)}).scalars():
        connection.exec_driver_sql(f"DEALLOCATE {name}")
