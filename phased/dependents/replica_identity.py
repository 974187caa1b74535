"""REPLICA IDENTITY USING INDEX: before the old index goes, the new one identifies the rows.

Without it PostgreSQL refuses to update and delete rows of a table that is published.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from phased.dependent import Dependent
from phased.model import Phase
from phased.naming import invent, quote, relation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from phased.copies import Place, Scene

IDENTITY = """
    SELECT c.relname AS name, n.nspname AS schema,
        ARRAY(SELECT CAST(a.attname AS text) FROM pg_attribute a
              WHERE a.attrelid = i.indrelid AND a.attnum = ANY(i.indkey)) AS columns
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE i.indrelid = :table AND i.indisreplident
"""
NONE = "no unique index of the models takes its place; say in contract(), when there is one:\n"
NONE += "ALTER TABLE {table} REPLICA IDENTITY USING INDEX ...;"


def read(scene: Scene, place: Place) -> Iterator[Dependent]:
    """The index, where an old column is in it."""
    for row in scene.ask(IDENTITY, table=place.oid):
        if set(row.columns) & set(place.op.old):
            yield _one(scene, place, row.name, frozenset(row.columns), row.schema)


def _one(scene: Scene, place: Place, name: str, columns: frozenset[str], schema: str) -> Dependent:
    what = f"replica identity of {place.relation} ({relation(name, schema)})"
    if (place.relation, name) not in scene.handled:
        new: str | None = invent(name, "new")  # hidden from autogenerate; it comes along
    else:
        after = columns - set(place.op.old) | set(place.op.new)
        new = scene.uniques.get((place.relation, after))
    if new is None:
        return Dependent(what, Phase.CONTRACT, reason=NONE.format(table=place.relation))
    sql, back = (
        f"ALTER TABLE {place.relation} REPLICA IDENTITY USING INDEX {quote(one)}"
        for one in (new, name)
    )
    return Dependent(what, Phase.CONTRACT, (sql,), (back,))
