"""Column types: ``varchar(20)`` and ``varchar``, ``timestamptz(3)``, ``numeric(9, 2)``, collations.

Compared as ``format_type`` prints both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from phased.comparator import CONTINUE
from phased.compiled import type_of
from phased.twin import scalar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from phased.comparator import ColumnPair, Result, TableSide
    from phased.twin import Wanted

COMPARES = ("column", "types")


def scalars(side: TableSide) -> Iterator[Wanted]:
    """Every type that the models name, once."""
    for column in side.model.columns:
        type_ = type_of(column, side.to)
        if type_ is not None:
            yield scalar(("type", type_), type_)


def compare(pair: ColumnPair) -> Result | None:
    """Set ``modify_type`` where the two differ; a type that is not there yet is another."""
    if pair.everything.context.opts.get("compare_type") is not True:
        return CONTINUE
    pair.operation.existing_type = pair.reflected.type
    type_ = type_of(pair.model, pair.everything.to)
    found = pair.everything.built.get(("type", type_))
    if type_ is not None and (found is None or found.type != pair.state.type):
        pair.operation.modify_type = pair.model.type
    return None
