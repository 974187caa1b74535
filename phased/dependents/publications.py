"""Publications with a column list or a row filter: subscribers have to agree to other columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phased.dependent import Dependent
from phased.model import Phase
from phased.naming import quote

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from phased.copies import Place, Scene

PUBLICATIONS = """
    SELECT quote_ident(p.pubname) AS name, pg_get_expr(r.prqual, r.prrelid) AS filter,
        ARRAY(SELECT CAST(a.attname AS text) FROM pg_attribute a
              WHERE a.attrelid = r.prrelid AND a.attnum = ANY(r.prattrs)) AS columns
    FROM pg_publication_rel r JOIN pg_publication p ON p.oid = r.prpubid
    WHERE r.oid = ANY(CAST(:oids AS oid[])) ORDER BY p.pubname
"""
REASON = "its subscribers need the new columns first; then, in contract():\n"
REASON += "ALTER PUBLICATION {name} DROP TABLE {table};\n"
REASON += "ALTER PUBLICATION {name} ADD TABLE {table}{columns}{filter};"
FILTER = " WHERE ({filter})"


def read(scene: Scene, place: Place) -> Iterator[Dependent]:
    """Every one that names an old column."""
    for row in scene.ask(PUBLICATIONS, oids=place.of("pg_publication_rel")):
        reason = REASON.format(
            name=row.name,
            table=place.relation,
            columns=_columns(place, row),
            filter=FILTER.format(filter=row.filter) if row.filter else "",
        )
        yield Dependent(f"publication {row.name}", Phase.CONTRACT, reason=reason)


def _columns(place: Place, row: Any) -> str:
    kept = [name for name in row.columns if name not in place.op.old]
    listed = ", ".join(quote(name) for name in [*kept, *place.op.new])
    return f" ({listed})" if row.columns else ""
