"""GRANT on single columns: roles read and write the new columns as they did the old ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phased.dependent import Dependent
from phased.model import Phase
from phased.naming import quote

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from phased.copies import Place, Scene

GRANTS = """
    SELECT quote_ident(a.attname) AS column, g.privilege_type AS privilege, g.is_grantable,
        CASE g.grantee WHEN 0 THEN 'PUBLIC'
             ELSE quote_ident(pg_get_userbyid(g.grantee)) END AS role,
        quote_ident(pg_get_userbyid(g.grantor)) AS grantor, g.grantor = c.relowner AS by_owner
    FROM pg_attribute a
    JOIN pg_class c ON c.oid = a.attrelid
    CROSS JOIN aclexplode(a.attacl) g
    WHERE a.attrelid = :oid AND a.attname = ANY(CAST(:old AS text[])) AND NOT a.attisdropped
    ORDER BY g.grantor = c.relowner DESC, 4, 2, a.attnum
"""
BY_ANOTHER = "{grantor} granted it, and for the new columns the table's owner does"


def read(scene: Scene, place: Place) -> Iterator[Dependent]:
    """A GRANT for each privilege of each role."""
    new = [quote(name) for name in place.op.new]
    for row in scene.ask(GRANTS, oid=place.oid, old=list(place.op.old)):
        yield Dependent(
            f"{row.privilege} ({row.column}) ON {place.relation} of {row.role}",
            Phase.EXPAND,
            (_grant(row, new, place),),
            back=(_grant(row, [row.column], place),),
            reason="" if row.by_owner else BY_ANOTHER.format(grantor=row.grantor),
        )


def _grant(row: Any, columns: list[str], place: Place) -> str:
    option = " WITH GRANT OPTION" if row.is_grantable else ""
    listed = ", ".join(columns)
    return f"GRANT {row.privilege} ({listed}) ON {place.relation} TO {row.role}{option}"
