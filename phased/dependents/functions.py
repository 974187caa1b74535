"""Functions whose body PostgreSQL has parsed (BEGIN ATOMIC …): made anew over the new columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phased.copies import Definition, Stays
from phased.dependent import Dependent
from phased.inventory import TEMPORARY
from phased.model import Phase
from phased.operation import literal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from phased.copies import Place, Scene

FUNCTIONS = """
    SELECT CAST(p.oid AS regprocedure) AS name, pg_get_functiondef(p.oid) AS definition,
        p.proname, k.kind,
        format('CREATE OR REPLACE %s %I.', k.kind, n.nspname) AS head
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    CROSS JOIN LATERAL (
        SELECT CASE p.prokind WHEN 'p' THEN 'PROCEDURE' ELSE 'FUNCTION' END AS kind
    ) k
    WHERE p.oid = ANY(CAST(:oids AS oid[])) AND p.prokind <> 'a' ORDER BY p.oid
"""
SHOW = """
    SELECT substr(d, strpos(d, format('%I(', proname)))
    FROM pg_proc CROSS JOIN LATERAL pg_get_functiondef(oid) d
    WHERE proname = {} AND pronamespace = pg_my_temp_schema()
"""
OTHER = "PostgreSQL prints it in another way than expected"


def read(scene: Scene, place: Place) -> Iterator[Dependent]:
    """Every function that names an old column; one that has it in its text alone is not known."""
    for row in scene.ask(FUNCTIONS, oids=place.of("pg_proc")):
        what = f"function {row.name}"
        try:
            new = _rewritten(scene, row)
        except Stays as stays:
            yield Dependent(what, Phase.CONTRACT, reason=str(stays))
        else:
            yield Dependent(what, Phase.CONTRACT, (new,), (row.definition,))


def _rewritten(scene: Scene, row: Any) -> str:
    if not row.definition.startswith(row.head):
        raise Stays(OTHER)
    # Under its own name: parameters are printed with it, as `"Who".id`.
    copy = f"CREATE OR REPLACE {row.kind} {TEMPORARY}."
    show = SHOW.format(literal(row.proname))
    body = row.definition.removeprefix(row.head)
    new, _ = scene.rewritten(Definition(body, lambda text: copy + text, show, copy))
    return str(row.head + new).rstrip()
