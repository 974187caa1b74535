"""What ALTER COLUMN … SET says: statistics target, n_distinct, storage, compression."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phased.copies import Stays
from phased.dependent import Dependent
from phased.inventory import TEMPORARY
from phased.model import Phase
from phased.naming import quote, relation

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from phased.copies import Place, Scene

SETTINGS = """
    SELECT a.attname AS column, s.what, s.action
    FROM pg_attribute a
    JOIN pg_type t ON t.oid = a.atttypid
    CROSS JOIN LATERAL (VALUES
        (1, 'statistics target', 'SET STATISTICS ' || CASE WHEN a.attstattarget >= 0
                                                          THEN a.attstattarget END),
        (2, 'options', 'SET (' || array_to_string(a.attoptions, ', ') || ')'),
        (3, 'storage', CASE WHEN a.attstorage <> t.typstorage THEN
            'SET STORAGE ' || CASE a.attstorage WHEN 'p' THEN 'PLAIN' WHEN 'e' THEN 'EXTERNAL'
                                                WHEN 'm' THEN 'MAIN' ELSE 'EXTENDED' END END),
        (4, 'compression', 'SET COMPRESSION ' || CASE a.attcompression WHEN 'p' THEN 'pglz'
                                                                       WHEN 'l' THEN 'lz4' END)
    ) AS s (place, what, action)
    WHERE a.attrelid = :oid AND a.attname = ANY(CAST(:old AS text[])) AND NOT a.attisdropped
      AND s.action IS NOT NULL
    ORDER BY a.attnum, s.place
"""


def read(scene: Scene, place: Place) -> Iterator[Dependent]:
    """The same for every new column that takes it; storage before the rows are filled."""
    for row in scene.ask(SETTINGS, oid=place.oid, old=list(place.op.old)):
        for new in _successors(place, row.column):
            yield _one(scene, place, row, new)


def _successors(place: Place, old: str) -> tuple[str, ...]:
    if len(place.op.old) == len(place.op.new):
        return (place.op.new[place.op.old.index(old)],)
    return place.op.new


def _one(scene: Scene, place: Place, row: Any, new: str) -> Dependent:
    what = f"the {row.what} of {place.relation}.{quote(row.column)} ({row.action})"
    alter = f"ALTER COLUMN {quote(new)} {row.action}"
    back = f"ALTER TABLE {place.relation} ALTER COLUMN {quote(row.column)} {row.action}"
    try:
        scene.works(f"ALTER TABLE {relation(place.name, TEMPORARY)} {alter}")
    except Stays as stays:
        return Dependent(what, Phase.EXPAND, back=(back,), reason=str(stays))
    return Dependent(what, Phase.EXPAND, (f"ALTER TABLE {place.relation} {alter}",), (back,))
