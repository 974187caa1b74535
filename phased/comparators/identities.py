"""Identity columns: ALWAYS or BY DEFAULT, and the options of their sequence.

A plain integer key of the models is satisfied with a serial and with an identity.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from phased.compiled import identity_of
from phased.operations.change_identity import ChangeIdentityOp
from phased.twin import scalar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Column

    from phased.comparator import TablePair, TableSide
    from phased.table_state import ColumnState
    from phased.twin import Wanted

COMPARES = ("table", "phased")
WORDS = {"a": "ALWAYS", "d": "BY DEFAULT"}
OPTIONS = "AS {} START WITH {} INCREMENT BY {} MINVALUE {} MAXVALUE {} CACHE {} CYCLE {}"


def scalars(side: TableSide) -> Iterator[Wanted]:
    """Every identity of the models, on the type that its column has in the database."""
    for one in side.model.columns:
        state, identity = side.state.columns.get(one.name), identity_of(one, side.to)
        if state is not None and identity is not None:
            yield scalar(("identity", state.type, identity), f"{state.type} {identity}")


def compare(pair: TablePair) -> Iterator[ChangeIdentityOp]:
    """What becomes an identity, stops being one, or counts in another way."""
    for one in pair.model.columns:
        state = pair.state.columns.get(one.name)
        if state is not None and _differs(pair, one, state):
            old, new = _spelled(state), identity_of(one, pair.everything.to)
            yield ChangeIdentityOp(pair.name, one.name, old, new, schema=pair.schema)


def _differs(pair: TablePair, one: Column[object], state: ColumnState) -> bool:
    identity = identity_of(one, pair.everything.to)
    if identity is None:
        return bool(state.identity) and one is not one.table.autoincrement_column
    found = pair.everything.built.get(("identity", state.type, identity))
    return found is None or (found.identity, found.sequence) != (state.identity, state.sequence)


def _spelled(state: ColumnState) -> str | None:
    if state.serial:
        return f"DEFAULT {state.default}"
    if not state.identity:
        return None
    options = OPTIONS.format(*state.sequence or ())
    return f"GENERATED {WORDS[state.identity]} AS IDENTITY ({options})"
