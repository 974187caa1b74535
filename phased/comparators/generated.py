"""Generated columns: the expression, and STORED or VIRTUAL, as PostgreSQL prints both."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phased.compiled import generation_of
from phased.operations.change_generated import ChangeGeneratedOp
from phased.twin import column

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Column

    from phased.comparator import TablePair, TableSide
    from phased.table_state import ColumnState
    from phased.twin import Wanted

COMPARES = ("table", "phased")
WORDS = {"s": "STORED", "v": "VIRTUAL"}


def wanted(side: TableSide) -> Iterator[Wanted]:
    """Every generated column of the models, once more, on the type that the database has."""
    for one in side.model.columns:
        state, generation = side.state.columns.get(one.name), generation_of(one, side.to)
        if state is not None and generation is not None:
            key = ("generated", one)
            yield column(key, side.model.name, f"{state.type} {generation}")


def compare(pair: TablePair) -> Iterator[ChangeGeneratedOp]:
    """What becomes generated, plain, or generated from something else."""
    for one in pair.model.columns:
        state = pair.state.columns.get(one.name)
        if state is not None and _differs(pair, one, state):
            old, new = _spelled(state), generation_of(one, pair.everything.to)
            yield ChangeGeneratedOp(pair.name, one.name, old, new, schema=pair.schema)


def _differs(pair: TablePair, one: Column[object], state: ColumnState) -> bool:
    if one.computed is None:
        return bool(state.generated)
    found = pair.everything.built.get(("generated", one))
    return found is None or (found.generated, found.default) != (state.generated, state.default)


def _spelled(state: ColumnState) -> str | None:
    if not state.generated:
        return None
    return f"GENERATED ALWAYS AS ({state.default}) {WORDS[state.generated]}"
