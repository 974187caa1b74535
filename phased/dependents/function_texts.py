"""Trigger functions that name an old column in their text, which PostgreSQL does not follow."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from phased.dependent import Dependent
from phased.model import Phase
from phased.naming import quote

if TYPE_CHECKING:
    from collections.abc import Iterator

    from phased.copies import Place, Scene

FUNCTIONS = """
    SELECT DISTINCT CAST(p.oid AS regprocedure) AS name, p.prosrc AS source
    FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
    JOIN pg_language l ON l.oid = p.prolang AND l.lanname NOT IN ('c', 'internal')
    WHERE t.tgrelid = :table AND NOT t.tgisinternal
      AND NOT starts_with(CAST(t.tgname AS text), '~phased')
    ORDER BY 1
"""
REASON = "its text names {columns}, and once that is gone every write it fires for fails; replace "
REASON += "it in backfill() by one that works with {new}"


def read(scene: Scene, place: Place) -> Iterator[Dependent]:
    """Those of the table's own triggers."""
    for row in scene.ask(FUNCTIONS, table=place.oid):
        named = [quote(old) for old in place.op.old if _names(row.source, old)]
        if named:
            new = ", ".join(map(quote, place.op.new))
            reason = REASON.format(columns=", ".join(named), new=new)
            yield Dependent(f"trigger function {row.name}", Phase.BACKFILL, reason=reason)


def _names(source: str, column: str) -> bool:
    """Whether the text has the name, as it is or quoted; in a comment as well."""
    return re.search(rf"(?<!\w){re.escape(column)}(?!\w)", source, re.IGNORECASE) is not None
