"""Indexes that the models do not have and that ``include_object`` hides from autogenerate.

Built CONCURRENTLY beside the old ones once the rows are filled, and in their place in contract.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from phased.copies import Definition, Stays
from phased.dependent import Dependent
from phased.model import Phase
from phased.naming import invent, quote, relation

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from phased.copies import Place, Scene

NAME = "phased_index"
INDEXES = """
    SELECT c.relname AS name, n.nspname AS schema, c.relkind AS kind, i.indisunique AS unique,
        pg_get_indexdef(c.oid) AS definition,
        format('CREATE %sINDEX %I ', CASE WHEN i.indisunique THEN 'UNIQUE ' END, c.relname) AS head
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_index i ON i.indexrelid = c.oid
    WHERE c.oid = ANY(CAST(:oids AS oid[])) AND NOT c.relispartition AND i.indisvalid
      AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = c.oid
                      AND k.contype IN ('p', 'u', 'x'))
    ORDER BY c.relname
"""
SHOW = f"""
    SELECT substr(pg_get_indexdef(oid), strpos(pg_get_indexdef(oid), ' ON ') + 1) FROM pg_class
    WHERE relname = '{NAME}' AND relnamespace = pg_my_temp_schema()
"""
PARTITIONED = "the table is partitioned; build it for every partition, and attach it"
CLASH = "NULLS NOT DISTINCT"


def read(scene: Scene, place: Place) -> Iterator[Dependent]:
    """Every index that autogenerate leaves alone."""
    for row in scene.ask(INDEXES, oids=place.of("pg_class")):
        if (place.relation, row.name) not in scene.handled:
            yield from _pair(scene, row)


def _pair(scene: Scene, row: Any) -> Iterator[Dependent]:
    name, beside = relation(row.name, row.schema), invent(row.name, "new")
    what, unique = f"index {name}", "UNIQUE " if row.unique else ""
    if row.kind == "I":
        yield Dependent(what, Phase.BACKFILL, reason=PARTITIONED)
        return
    create = f"CREATE {unique}INDEX {NAME} "
    body = row.definition.removeprefix(row.head)
    try:
        thing = Definition(body, lambda text: create + text, SHOW, create)
        new, _ = scene.rewritten(thing)
    except Stays as stays:
        yield Dependent(what, Phase.BACKFILL, reason=str(stays))
        return
    # Rows of old code leave the new column NULL where nothing is to be carried on.
    phase = Phase.CONTRACT if row.unique and CLASH in new else Phase.BACKFILL
    built = f"CREATE {unique}INDEX CONCURRENTLY {quote(beside)} {new}"
    yield Dependent(what, phase, (built,))
    renamed = f"ALTER INDEX {relation(beside, row.schema)} RENAME TO {quote(row.name)}"
    yield Dependent(
        what,
        Phase.CONTRACT,
        (f"DROP INDEX CONCURRENTLY {name}", renamed),
        (f"DROP INDEX {name}", row.definition),
    )
