"""Sequences: the one that an old column owns goes on for the new column.

DROP COLUMN drops the sequences that the column owns, and fails where the new column's default needs
one of them: before that the new column owns it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from phased.dependent import Dependent
from phased.filling import default_of
from phased.model import Phase
from phased.naming import quote, relation

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from phased.copies import Place, Scene

SEQUENCES = """
    SELECT n.nspname AS schema, c.relname AS name, a.attname AS column, d.deptype AS kind,
        format_type(s.seqtypid, NULL) AS type, a.attidentity AS identity,
        pg_get_expr(e.adbin, e.adrelid) AS default
    FROM pg_depend d
    JOIN pg_class c ON c.oid = d.objid AND c.relkind = 'S'
    JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_sequence s ON s.seqrelid = c.oid
    JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
    LEFT JOIN pg_attrdef e ON e.adrelid = a.attrelid AND e.adnum = a.attnum
    WHERE d.classid = CAST('pg_class' AS regclass) AND d.refclassid = d.classid
      AND d.refobjid = :oid AND a.attname = ANY(CAST(:old AS text[])) AND d.deptype IN ('a', 'i')
    ORDER BY c.relname
"""
SEVERAL = "there are several new columns; say which one owns it, before the old one is dropped:\n"
SEVERAL += "ALTER SEQUENCE {name} OWNED BY {table}.<column>;"
IDENTITY = "PostgreSQL does not move it; write after the backfill, where the new column is one:\n"
IDENTITY += "ALTER TABLE {table} ALTER COLUMN {new} SET NOT NULL;\n"
IDENTITY += "ALTER TABLE {table} ALTER COLUMN {new} ADD GENERATED {when} AS IDENTITY;\n"
IDENTITY += "SELECT setval(pg_get_serial_sequence({literals}), nextval('{name}'), false);"


def read(scene: Scene, place: Place) -> Iterator[Dependent]:
    """Every sequence that an old column owns."""
    for row in scene.ask(SEQUENCES, oid=place.oid, old=list(place.op.old)):
        name = relation(row.name, row.schema)
        what = f"sequence {name} of {place.relation}.{quote(row.column)}"
        if len(place.op.new) != len(place.op.old):
            reason = SEVERAL.format(name=name, table=place.relation)
            yield Dependent(what, Phase.CONTRACT, reason=reason)
        elif row.kind == "i":
            yield Dependent(what, Phase.CONTRACT, reason=_identity(row, name, place))
        else:
            sql = tuple(_moved(row, name, place))
            back = f"ALTER SEQUENCE {name} OWNED BY {place.relation}.{quote(row.column)}"
            yield Dependent(what, Phase.CONTRACT, sql, (back,))


def _moved(row: Any, name: str, place: Place) -> Iterator[str]:
    at = place.op.old.index(row.column)
    column = place.op.adds[at].column
    new = quote(str(column.name))
    if str(column.type).lower() in {"bigint", "biginteger"} and row.type != "bigint":
        yield f"ALTER SEQUENCE {name} AS bigint"
    if row.default and default_of(column) is None:
        yield f"ALTER TABLE {place.relation} ALTER COLUMN {new} SET DEFAULT {row.default}"
    yield f"ALTER SEQUENCE {name} OWNED BY {place.relation}.{new}"


def _identity(row: Any, name: str, place: Place) -> str:
    new = place.op.new[place.op.old.index(row.column)]
    when = "ALWAYS" if row.identity == "a" else "BY DEFAULT"
    literals = f"'{place.relation}', '{new}'"
    return IDENTITY.format(
        name=name, table=place.relation, new=quote(new), when=when, literals=literals
    )
