"""Triggers with UPDATE OF or WHEN: they fire for old and new columns, then for the new ones.

UPDATE OF looks at what is in SET. As soon as new code writes the new column the trigger has to fire
for either, and from contract on for the new one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from phased.copies import Definition, Stays
from phased.dependent import Dependent
from phased.inventory import TEMPORARY
from phased.model import Phase
from phased.naming import quote, relation
from phased.operation import literal
from phased.syntax import splicing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from phased.copies import Place, Scene

TRIGGERS = """
    SELECT t.tgname AS name, pg_get_triggerdef(t.oid) AS definition,
        t.tgconstraint <> 0 AS constraint, CAST(t.tgattr AS text) <> '' AS update_of,
        CASE t.tgenabled WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA'
                         WHEN 'A' THEN 'ENABLE ALWAYS' END AS enabled
    FROM pg_trigger t
    WHERE t.oid = ANY(CAST(:oids AS oid[])) AND t.tgrelid = :table AND NOT t.tgisinternal
      AND t.tgparentid = 0 AND NOT starts_with(CAST(t.tgname AS text), '~phased')
    ORDER BY t.tgname
"""
SHOW = """
    SELECT pg_get_triggerdef(oid) FROM pg_trigger
    WHERE tgname = {} AND tgrelid = CAST({} AS regclass)
"""
CREATE, REPLACE = "CREATE ", "CREATE OR REPLACE "
CONSTRAINT = "PostgreSQL does not replace a constraint trigger; recreate it in contract():\n"
CONSTRAINT += "DROP TRIGGER {name} ON {table};\n{definition};"


def read(scene: Scene, place: Place) -> Iterator[Dependent]:
    """Every trigger of the table that names an old column."""
    for row in scene.ask(TRIGGERS, oids=place.of("pg_trigger"), table=place.oid):
        yield from _each(scene, place, row)


def _each(scene: Scene, place: Place, row: Any) -> Iterator[Dependent]:
    what = f"trigger {quote(row.name)} on {place.relation}"
    show = SHOW.format(literal(row.name), literal(relation(place.name, TEMPORARY)))
    try:
        new, _ = scene.rewritten(Definition(row.definition, str, show))
    except Stays as stays:
        yield Dependent(what, Phase.CONTRACT, reason=str(stays))
        return
    if row.constraint:
        name = quote(row.name)
        reason = CONSTRAINT.format(name=name, table=place.relation, definition=new)
        yield Dependent(what, Phase.CONTRACT, reason=reason)
        return
    own = splicing.relations(row.definition, {(place.schema, place.name): place.relation})
    back = _replace(place, row, own)
    if row.update_of:
        either = _replace(place, row, _either(place, own))
        yield Dependent(what, Phase.EXPAND, either, undo=back)
    yield Dependent(what, Phase.CONTRACT, _replace(place, row, new), back)


def _either(place: Place, definition: str) -> str:
    new = ", ".join(map(quote, place.op.new))
    return splicing.update_of(definition, {old: f"{quote(old)}, {new}" for old in place.op.old})


def _replace(place: Place, row: Any, definition: str) -> tuple[str, ...]:
    """A replaced trigger is enabled again, whatever it was."""
    replaced = REPLACE + definition.removeprefix(CREATE)
    if row.enabled is None:
        return (replaced,)
    return replaced, f"ALTER TABLE {place.relation} {row.enabled} TRIGGER {quote(row.name)}"
