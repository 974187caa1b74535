"""CHECK, UNIQUE and FOREIGN KEY that ``include_object`` hides from autogenerate.

As the recipes do it: beside the old ones, validated, and in their place in contract.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from phased.copies import Definition, Stays
from phased.dependent import Dependent
from phased.inventory import TEMPORARY
from phased.model import Phase
from phased.naming import invent, quote, relation

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from phased.copies import Place, Scene

NAME = "phased_constraint"
CONSTRAINTS = """
    SELECT k.conname AS name, k.contype AS kind, pg_get_constraintdef(k.oid) AS definition,
        n.nspname AS schema, c.relname AS table, k.convalidated AS valid,
        m.nspname AS target_schema, t.relname AS target
    FROM pg_constraint k
    JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_class t ON t.oid = k.confrelid LEFT JOIN pg_namespace m ON m.oid = t.relnamespace
    WHERE k.oid = ANY(CAST(:oids AS oid[])) AND k.contype IN ('c', 'u', 'f', 'x')
      AND k.conparentid = 0
    ORDER BY k.contype = 'f', k.conname
"""
SHOW = f"SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = '{NAME}'"
EXCLUSION = "there is no way to build it while the table is in use"
NOT_VALID = " NOT VALID"
CLASH = "NULLS NOT DISTINCT"
PARSED = f"ALTER TABLE phased ADD CONSTRAINT {NAME} "


def read(scene: Scene, place: Place) -> Iterator[Dependent]:
    """Every one that autogenerate leaves alone, foreign keys to the old columns among them.

    A foreign key needs the unique it refers to: that is there before it, and the old one goes after
    it; on the way back as well.
    """
    rows = list(_rows(scene, place))
    keys = [one for row, table in rows if row.kind == "u" for one in _each(scene, row, table)]
    others = [one for row, table in rows if row.kind != "u" for one in _each(scene, row, table)]
    yield from keys[::2]
    yield from others[::2]
    yield from keys[1::2]
    yield from others[1::2]


def _rows(scene: Scene, place: Place) -> Iterator[tuple[Any, str]]:
    for row in scene.ask(CONSTRAINTS, oids=place.of("pg_constraint")):
        schema = None if row.schema == scene.default_schema else row.schema
        table = relation(row.table, schema)
        if (table, row.name) not in scene.handled:
            yield row, table


def _each(scene: Scene, row: Any, table: str) -> tuple[Dependent, Dependent]:
    """Two of each: what makes it, and what puts it in the place of the old one."""
    what = f"constraint {quote(row.name)} on {table}"
    nothing = Dependent(what, Phase.CONTRACT)
    try:
        new = _rewritten(scene, row)
    except Stays as stays:
        return Dependent(what, Phase.CONTRACT, reason=str(stays)), nothing
    drop = f"ALTER TABLE {table} DROP CONSTRAINT {quote(row.name)}"
    again = f"ALTER TABLE {table} ADD CONSTRAINT {quote(row.name)} {row.definition}"
    swap = (drop, _renamed(row, table))
    if row.kind != "u":
        made = (*_added(row, table, new), *swap)
        return (
            Dependent(what, Phase.CONTRACT, made, (again,)),
            Dependent(what, Phase.CONTRACT, back=(drop,)),
        )
    phase = Phase.CONTRACT if CLASH in new else Phase.BACKFILL
    made = tuple(_key(row, table, new))
    return Dependent(what, phase, made), Dependent(what, Phase.CONTRACT, swap, (drop, again))


def _rewritten(scene: Scene, row: Any) -> str:
    if row.kind == "x":
        raise Stays(EXCLUSION)
    alter = f"ALTER TABLE {relation(row.table, TEMPORARY)} ADD CONSTRAINT {NAME} "
    also = [(row.schema, row.table)]
    also += [(row.target_schema, row.target)] if row.target else []
    thing = Definition(row.definition, lambda text: alter + text, SHOW, PARSED, also)
    return scene.rewritten(thing)[0]


def _added(row: Any, table: str, definition: str) -> Iterator[str]:
    name = quote(invent(row.name, "new"))
    held = definition.removesuffix(NOT_VALID)
    yield f"ALTER TABLE {table} ADD CONSTRAINT {name} {held}{NOT_VALID}"
    if row.valid:
        yield f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}"


def _key(row: Any, table: str, definition: str) -> Iterator[str]:
    name = quote(invent(row.name, "new"))
    key, deferrable, timing = definition.partition(" DEFERRABLE")
    yield f"CREATE UNIQUE INDEX CONCURRENTLY {name} ON {table} {_index(key)}"
    yield (
        f"ALTER TABLE {table} ADD CONSTRAINT {name} UNIQUE USING INDEX {name}{deferrable}{timing}"
    )


def _index(key: str) -> str:
    """``UNIQUE NULLS NOT DISTINCT (a) INCLUDE (b)`` as CREATE INDEX says it."""
    columns = key.removeprefix("UNIQUE").strip()
    clash = f" {CLASH}" if columns.startswith(CLASH) else ""
    return f"{columns.removeprefix(CLASH).strip()}{clash}"


def _renamed(row: Any, table: str) -> str:
    new = quote(invent(row.name, "new"))
    return f"ALTER TABLE {table} RENAME CONSTRAINT {new} TO {quote(row.name)}"
