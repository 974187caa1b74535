"""CREATE STATISTICS: beside the old ones before the rows are filled, in their place in contract.

The ANALYZE after the backfill fills them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from phased.copies import SELECT, Definition, Stays
from phased.dependent import Dependent
from phased.inventory import TEMPORARY
from phased.model import Phase
from phased.naming import invent, quote, relation
from phased.operation import literal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from phased.copies import Place, Scene

NAME = "phased_statistics"
STATISTICS = """
    SELECT s.stxname AS name, n.nspname AS schema, pg_get_statisticsobjdef_columns(s.oid) AS on,
        (SELECT string_agg(CASE k WHEN 'd' THEN 'ndistinct' WHEN 'f' THEN 'dependencies'
                                  WHEN 'm' THEN 'mcv' END, ', ')
         FROM unnest(CAST(s.stxkind AS text[])) k WHERE k <> 'e') AS kinds,
        CASE WHEN s.stxstattarget >= 0 THEN s.stxstattarget END AS target,
        CASE WHEN s.stxowner <> r.oid THEN pg_get_userbyid(s.stxowner) END AS owner,
        obj_description(s.oid, 'pg_statistic_ext') AS comment
    FROM pg_statistic_ext s
    JOIN pg_namespace n ON n.oid = s.stxnamespace
    JOIN pg_roles r ON r.rolname = current_user
    WHERE s.oid = ANY(CAST(:oids AS oid[])) ORDER BY s.stxname
"""
SHOW = f"""
    SELECT pg_get_statisticsobjdef_columns(oid) FROM pg_statistic_ext
    WHERE stxname = '{NAME}' AND stxnamespace = pg_my_temp_schema()
"""


def read(scene: Scene, place: Place) -> Iterator[Dependent]:
    """Two of each: one for the new columns, and the change of names."""
    for row in scene.ask(STATISTICS, oids=place.of("pg_statistic_ext")):
        yield from _pair(scene, place, row)


def _pair(scene: Scene, place: Place, row: Any) -> Iterator[Dependent]:
    name = relation(row.name, row.schema)
    what = f"statistics {name}"

    def make(columns: str) -> str:
        return _create(row, f"{TEMPORARY}.{NAME}", columns, relation(place.name, TEMPORARY))

    try:
        columns, _ = scene.rewritten(Definition(row.on, make, SHOW, SELECT))
    except Stays as stays:
        yield Dependent(what, Phase.EXPAND, reason=str(stays))
        return
    beside = invent(row.name, "new")
    new = relation(beside, row.schema)
    made = (_create(row, new, columns, place.relation), *_set(row, new))
    yield Dependent(what, Phase.EXPAND, made)
    renamed = f"ALTER STATISTICS {new} RENAME TO {quote(row.name)}"
    again = (_create(row, name, row.on, place.relation), *_set(row, name))
    drop = f"DROP STATISTICS {name}"
    yield Dependent(what, Phase.CONTRACT, (drop, renamed), (drop, *again))


def _create(row: Any, name: str, columns: str, table: str) -> str:
    kinds = f" ({row.kinds})" if row.kinds else ""
    return f"CREATE STATISTICS {name}{kinds} ON {columns} FROM {table}"


def _set(row: Any, name: str) -> Iterator[str]:
    if row.target is not None:
        yield f"ALTER STATISTICS {name} SET STATISTICS {row.target}"
    if row.comment is not None:
        yield f"COMMENT ON STATISTICS {name} IS {literal(row.comment)}"
    if row.owner is not None:
        yield f"ALTER STATISTICS {name} OWNER TO {quote(row.owner)}"
