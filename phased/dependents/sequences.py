"""Sequences: the one that an old column owns goes on for the new column.

DROP COLUMN drops the sequences that the column owns, and fails where the new column's default needs
one of them: before that the new column owns it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Identity

from phased.dependent import Dependent
from phased.filling import default_of
from phased.model import Phase
from phased.naming import quote, relation
from phased.operation import literal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from phased.copies import Place, Scene

SEQUENCES = """
    SELECT n.nspname AS schema, c.relname AS name, a.attname AS column, d.deptype AS kind,
        format_type(s.seqtypid, NULL) AS type, a.attidentity AS identity,
        format('START WITH %s INCREMENT BY %s MINVALUE %s MAXVALUE %s CACHE %s%s', s.seqstart,
               s.seqincrement, s.seqmin, s.seqmax, s.seqcache,
               CASE WHEN s.seqcycle THEN ' CYCLE' END) AS options,
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
NOT_IDENTITY = "{new} is no identity column in the models"


def read(scene: Scene, place: Place) -> Iterator[Dependent]:
    """Every sequence that an old column owns."""
    for row in scene.ask(SEQUENCES, oid=place.oid, old=list(place.op.old)):
        name = relation(row.name, row.schema)
        what = f"sequence {name} of {place.relation}.{quote(row.column)}"
        if len(place.op.new) != len(place.op.old):
            reason = SEVERAL.format(name=name, table=place.relation)
            yield Dependent(what, Phase.CONTRACT, reason=reason)
        elif row.kind == "i":
            yield _identity(row, name, what, place)
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


def _identity(row: Any, name: str, what: str, place: Place) -> Dependent:
    """PostgreSQL does not move it: the new column gets one that goes on where the old one is."""
    column = place.op.adds[place.op.old.index(row.column)].column
    if not isinstance(column.server_default, Identity):
        reason = NOT_IDENTITY.format(new=quote(str(column.name)))
        return Dependent(what, Phase.CONTRACT, reason=reason)
    made = _generated(row, place, str(column.name))
    there = f"pg_get_serial_sequence({literal(place.relation)}, {literal(str(column.name))})"
    setval = f"SELECT setval({there}, nextval({literal(name)}), false)"
    return Dependent(what, Phase.CONTRACT, (made, setval), (_generated(row, place, row.column),))


def _generated(row: Any, place: Place, column: str) -> str:
    when = "ALWAYS" if row.identity == "a" else "BY DEFAULT"
    added = f"ADD GENERATED {when} AS IDENTITY ({row.options})"
    return f"ALTER TABLE {place.relation} ALTER COLUMN {quote(column)} {added}"
