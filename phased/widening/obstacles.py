"""What about tables and constraints a swap cannot do, as the facts have it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phased.naming import quote
from phased.widening.references import constraint

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from phased.fact import ConstraintFacts, Facts, RelationFacts
    from phased.widening.column import ForeignKey, Widened


def obstacles(
    columns: Sequence[Widened], keys: Iterable[ForeignKey], facts: Facts
) -> Iterator[str]:
    """Foreign keys of partitions, constraints of a kind of their own, what nobody could read."""
    widened = {column.relation for column in columns}
    for key in keys:
        for table in {key.child, key.parent} - widened:
            if facts.relations[table].kind == "p" or facts.relations[table].parent:
                yield f"constraint {quote(key.name)} on table {key.child}: {table} has partitions"
    for table in sorted(widened | {key.child for key in keys}):
        held = facts.relations[table]
        names = {column.name for column in columns if column.relation == table}
        names |= {name for key in keys if key.child == table for name in key.columns}
        yield from (f"{what} on table {table}" for what in _of_table(held, names))


def _of_table(held: RelationFacts, columns: set[str]) -> Iterator[str]:
    for name, found in held.constraints.items():
        special = _special(found) if columns & {*found.columns} else ""
        if special:
            yield f"constraint {quote(name)}, {special},"
    for name, index in held.indexes.items():
        if columns & {*index.columns} and not index.definition:
            yield f"index {quote(name)}, which another session has under ACCESS EXCLUSIVE,"


def _special(found: ConstraintFacts) -> str:
    if found.kind not in "cfpu":
        return ""
    if not found.definition:
        return "which another session has under ACCESS EXCLUSIVE"
    node = constraint(found.definition)
    traits = {
        "NOT ENFORCED": found.kind in "cf" and not node.is_enforced,
        "NO INHERIT": node.is_no_inherit,
        "PERIOD": node.fk_with_period,
        "WITHOUT OVERLAPS": node.without_overlaps,
    }
    return next((f"which is {word}" for word, holds in traits.items() if holds), "")
