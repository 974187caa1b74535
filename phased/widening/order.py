"""Parents before children: the order in which applications insert, and in which locks are taken."""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from phased.widening.column import ForeignKey, Widened


def parents_first(columns: Iterable[Widened], keys: Iterable[ForeignKey]) -> list[Widened]:
    """The columns by their tables; by name where foreign keys do not decide or go in circles."""
    columns = sorted(columns, key=lambda column: column.relation)
    tables = list(dict.fromkeys(column.relation for column in columns))
    sorter: TopologicalSorter[str] = TopologicalSorter(dict.fromkeys(tables, ()))
    for key in keys:
        if key.child != key.parent and {key.child, key.parent} <= set(tables):
            sorter.add(key.child, key.parent)
    try:
        place = {table: n for n, table in enumerate(sorter.static_order())}
    except CycleError:
        return columns
    return sorted(columns, key=lambda column: place[column.relation])
