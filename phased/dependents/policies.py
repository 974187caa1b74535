"""Row-level security: a policy that names an old column names the new ones from contract on.

Until then the trigger has both sides in step before PostgreSQL judges a row, so the policy is right
for old and new code as it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from phased.copies import SELECT, Definition, Stays
from phased.dependent import Dependent
from phased.inventory import TEMPORARY
from phased.model import Phase
from phased.naming import quote, relation

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from phased.copies import Place, Scene

NAME = "phased_policy"
POLICIES = """
    SELECT p.polname AS name, n.nspname AS schema, c.relname AS table,
        pg_get_expr(p.polqual, p.polrelid) AS using,
        pg_get_expr(p.polwithcheck, p.polrelid) AS check
    FROM pg_policy p
    JOIN pg_class c ON c.oid = p.polrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE p.oid = ANY(CAST(:oids AS oid[])) ORDER BY p.oid
"""
SHOW = f"SELECT pg_get_expr(polqual, polrelid) FROM pg_policy WHERE polname = '{NAME}'"


def read(scene: Scene, place: Place) -> Iterator[Dependent]:
    """ALTER POLICY for each, with USING and WITH CHECK."""
    for row in scene.ask(POLICIES, oids=place.of("pg_policy")):
        yield _one(scene, row)


def _one(scene: Scene, row: Any) -> Dependent:
    name = quote(row.name)
    what = f"policy {name} on {relation(row.table, row.schema)}"
    try:
        using = row.using and _rewritten(scene, row, row.using)
        check = row.check and _rewritten(scene, row, row.check)
    except Stays as stays:
        return Dependent(what, Phase.CONTRACT, reason=str(stays))
    sql, back = _alter(row, using, check), _alter(row, row.using, row.check)
    return Dependent(what, Phase.CONTRACT, (sql,), (back,))


def _rewritten(scene: Scene, row: Any, expression: str) -> str:
    def make(text: str) -> str:
        return f"CREATE POLICY {NAME} ON {relation(row.table, TEMPORARY)} USING ({text})"

    also = ((row.schema, row.table),)
    return scene.rewritten(Definition(expression, make, SHOW, SELECT, also))[0]


def _alter(row: Any, using: str | None, check: str | None) -> str:
    parts = [f"USING ({using})"] if using else []
    parts += [f"WITH CHECK ({check})"] if check else []
    table = relation(row.table, row.schema)
    return f"ALTER POLICY {quote(row.name)} ON {table} {' '.join(parts)}"
