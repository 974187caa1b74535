"""CREATE RULE: an action that names an old column keeps it from being dropped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phased.dependent import Dependent
from phased.model import Phase

if TYPE_CHECKING:
    from collections.abc import Iterator

    from phased.copies import Place, Scene

RULES = """
    SELECT quote_ident(r.rulename) AS name, CAST(r.ev_class AS regclass) AS table,
        pg_get_ruledef(r.oid) AS definition
    FROM pg_rewrite r WHERE r.oid = ANY(CAST(:oids AS oid[])) AND r.rulename <> '_RETURN'
    ORDER BY r.oid
"""
REASON = "PostgreSQL rewrites queries with it; say in contract() what it is to be, or drop it:\n"
REASON += "{definition}"


def read(scene: Scene, place: Place) -> Iterator[Dependent]:
    """Every rule, as it is now."""
    for row in scene.ask(RULES, oids=place.of("pg_rewrite")):
        reason = REASON.format(definition=row.definition)
        yield Dependent(f"rule {row.name} on {row.table}", Phase.CONTRACT, reason=reason)
