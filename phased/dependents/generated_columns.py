"""Generated columns that the models do not have and that are made from old ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phased.copies import SELECT, Definition, Stays
from phased.dependent import Dependent
from phased.inventory import TEMPORARY
from phased.model import Phase
from phased.naming import quote, relation
from phased.operation import literal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from phased.copies import Place, Scene

NAME = "phased_generated"
GENERATED = """
    SELECT a.attname AS name, a.attgenerated AS kind, format_type(a.atttypid, a.atttypmod) AS type,
        pg_get_expr(d.adbin, d.adrelid) AS expression
    FROM pg_attrdef d JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
    WHERE d.oid = ANY(CAST(:oids AS oid[])) AND d.adrelid = :table AND a.attgenerated <> ''
    ORDER BY a.attnum
"""
SHOW = """
    SELECT pg_get_expr(d.adbin, d.adrelid)
    FROM pg_attrdef d JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
    WHERE a.attname = '{}' AND a.attrelid = CAST({} AS regclass)
"""
STORED = "PostgreSQL writes the whole table to change it; add another column in its place, or say "
STORED += "in contract() (from PostgreSQL 17 on):\n"
SAY = "ALTER TABLE {table} ALTER COLUMN {name} SET EXPRESSION AS ({expression});"


def read(scene: Scene, place: Place) -> Iterator[Dependent]:
    """Every one whose expression names an old column."""
    for row in scene.ask(GENERATED, oids=place.of("pg_attrdef"), table=place.oid):
        if (place.relation, row.name) not in scene.handled:
            yield _one(scene, place, row)


def _one(scene: Scene, place: Place, row: Any) -> Dependent:
    copy = relation(place.name, TEMPORARY)
    what = f"generated column {place.relation}.{quote(row.name)}"

    def make(expression: str) -> str:
        kind = "STORED" if row.kind == "s" else "VIRTUAL"
        return f"ALTER TABLE {copy} ADD {NAME} {row.type} GENERATED ALWAYS AS ({expression}) {kind}"

    try:
        thing = Definition(row.expression, make, SHOW.format(NAME, literal(copy)), SELECT)
        new, _ = scene.rewritten(thing)
    except Stays as stays:
        return Dependent(what, Phase.CONTRACT, reason=str(stays))
    sql, back = _say(place, row, new), _say(place, row, row.expression)
    if row.kind == "s":
        return Dependent(what, Phase.CONTRACT, reason=STORED + sql)
    return Dependent(what, Phase.CONTRACT, (sql.rstrip(";"),), (back.rstrip(";"),))


def _say(place: Place, row: Any, expression: str) -> str:
    return SAY.format(table=place.relation, name=quote(row.name), expression=expression)
