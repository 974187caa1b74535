"""Where in the database successions happen, and what hangs on their old columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from phased.copies import Place, printing
from phased.recipe import table_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sqlalchemy import Connection

    from phased.succession import SucceedOp

TABLE = text("""
    SELECT c.oid, n.nspname AS schema, c.relname AS name
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.oid = to_regclass(:relation)
""")
COLUMNS = text("""
    SELECT a.attname, format_type(a.atttypid, a.atttypmod)
        || CASE WHEN a.attcollation <> t.typcollation
                THEN ' COLLATE ' || CAST(CAST(a.attcollation AS regcollation) AS text)
                ELSE '' END AS type
    FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
    WHERE a.attrelid = :oid AND a.attname = ANY(CAST(:old AS text[])) AND NOT a.attisdropped
""")
HANGING = text("""
    SELECT CAST(CAST(d.classid AS regclass) AS text) AS catalog, d.objid
    FROM pg_depend d
    JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
    WHERE d.refclassid = CAST('pg_class' AS regclass) AND d.refobjid = :oid
      AND a.attname = ANY(CAST(:old AS text[]))
""")


def found(connection: Connection, begun: Sequence[SucceedOp]) -> tuple[Place, ...]:
    """The successions whose tables are there, in their order."""
    tables = [(op, _row(connection, TABLE, relation=table_of(op))) for op in begun]
    there = [(op, row) for op, row in tables if row is not None]
    hanging = [_hanging(connection, op, row.oid) for op, row in there]
    return tuple(
        Place(op, n, row.oid, row.schema, row.name, _types(connection, op, row.oid), mine)
        for n, ((op, row), mine) in enumerate(zip(there, _last(hanging), strict=True))
    )


def _last(hanging: list[frozenset[tuple[str, int]]]) -> Iterator[frozenset[tuple[str, int]]]:
    """What hangs on columns of several successions is left to the last of them."""
    for n, mine in enumerate(hanging):
        yield mine - frozenset[tuple[str, int]]().union(*hanging[n + 1 :])


def _hanging(connection: Connection, op: SucceedOp, oid: int) -> frozenset[tuple[str, int]]:
    rows = _rows(connection, HANGING, oid=oid, old=list(op.old))
    return frozenset((row.catalog, row.objid) for row in rows)


def _types(connection: Connection, op: SucceedOp, oid: int) -> dict[str, str]:
    with printing(connection):
        rows = _rows(connection, COLUMNS, oid=oid, old=list(op.old))
        return {row.attname: row.type for row in rows}


def _rows(connection: Connection, query: Any, **given: object) -> Iterable[Any]:
    return connection.execute(query, given).all()


def _row(connection: Connection, query: Any, **given: object) -> Any:
    return connection.execute(query, given).one_or_none()
