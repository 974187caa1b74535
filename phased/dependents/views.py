"""Views: the same output columns, made from the new columns, before the old ones go.

CREATE OR REPLACE VIEW keeps the owner, the grants, the defaults and the triggers of a view. It is
replaced in contract: until then old code reads and writes what it always did. A materialized view
cannot be replaced.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from phased.copies import Definition, Stays
from phased.dependent import Dependent
from phased.inventory import TEMPORARY
from phased.model import Phase
from phased.naming import quote, relation

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from phased.copies import Place, Scene

VIEWS = """
    SELECT DISTINCT c.oid, c.relkind, n.nspname AS schema, c.relname AS name,
        array_to_string(c.reloptions, ', ') AS options,
        rtrim(pg_get_viewdef(c.oid), ';') AS definition
    FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class AND c.relkind IN ('v', 'm')
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE r.oid = ANY(CAST(:rules AS oid[])) AND r.rulename = '_RETURN'
    ORDER BY c.oid
"""
NAME = "phased_view"
SHOW = f"SELECT rtrim(pg_get_viewdef(CAST('{TEMPORARY}.{NAME}' AS regclass)), ';')"
OUTPUT = """
    SELECT a.attname, format_type(a.atttypid, a.atttypmod),
        CAST(CAST(a.attcollation AS regcollation) AS text),
        pg_column_is_updatable(a.attrelid, a.attnum, false) AS updatable
    FROM pg_attribute a WHERE a.attrelid = {} AND a.attnum > 0 ORDER BY a.attnum
"""
OTHER_OUTPUT = "it would have other output columns"
NOT_WRITTEN = "{columns} of it can be read and no longer written"
REPLACED = "PostgreSQL cannot replace its query; recreate it in contract(), with its indexes and "
REPLACED += "grants:\nDROP MATERIALIZED VIEW {name};\nCREATE MATERIALIZED VIEW {name} AS {query};"


def read(scene: Scene, place: Place) -> Iterator[Dependent]:
    """Every view that names an old column."""
    for row in scene.ask(VIEWS, rules=place.of("pg_rewrite")):
        yield _one(scene, row)


def _one(scene: Scene, row: Any) -> Dependent:
    name = relation(row.name, row.schema)
    kind = "view" if row.relkind == "v" else "materialized view"
    what = f"{kind} {name}"
    output = scene.ask(OUTPUT.format(":oid"), oid=row.oid)
    temporary = OUTPUT.format(f"CAST('{TEMPORARY}.{NAME}' AS regclass)")
    try:
        query, rows = scene.rewritten(Definition(row.definition, _create, SHOW, then=temporary))
        _refuse_other(output, rows)
    except Stays as stays:
        return Dependent(what, Phase.CONTRACT, reason=str(stays))
    if row.relkind == "m":
        reason = REPLACED.format(name=name, query=query)
        return Dependent(what, Phase.CONTRACT, reason=reason)
    sql, back = (_replace(name, row.options, body) for body in (query, row.definition))
    return Dependent(what, Phase.CONTRACT, (sql,), (back,), reason=_read_only(output, rows))


def _create(query: str) -> str:
    return f"CREATE TEMPORARY VIEW {NAME} AS {query}"


def _replace(name: str, options: str | None, query: str) -> str:
    given = f" WITH ({options})" if options else ""
    return f"CREATE OR REPLACE VIEW {name}{given} AS\n{query}"


def _refuse_other(output: Any, rows: Any) -> None:
    if [row[:3] for row in output] != [row[:3] for row in rows]:
        raise Stays(OTHER_OUTPUT)


def _read_only(output: Any, rows: Any) -> str:
    lost = [o.attname for o, r in zip(output, rows, strict=True) if o.updatable and not r.updatable]
    return NOT_WRITTEN.format(columns=", ".join(map(quote, lost))) if lost else ""
