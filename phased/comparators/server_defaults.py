"""Server defaults, compared as ``pg_get_expr`` prints both; nothing is evaluated.

A serial column's ``nextval``, an identity and a generation expression are no defaults here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import DefaultClause

from phased.comparator import CONTINUE
from phased.compiled import default_of
from phased.twin import scalar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from phased.comparator import ColumnPair, Result, TableSide
    from phased.table_state import ColumnState
    from phased.twin import Wanted

COMPARES = ("column", "server_default")


def scalars(side: TableSide) -> Iterator[Wanted]:
    """Every default of the models on the type that its column has in the database."""
    for column in side.model.columns:
        state, default = side.state.columns.get(column.name), default_of(column, side.to)
        if state is not None and default is not None:
            yield scalar(("default", state.type, default), state.type, default)


def compare(pair: ColumnPair) -> Result | None:
    """Set ``modify_server_default`` where the two differ."""
    if pair.everything.context.opts.get("compare_server_default") is not True:
        return CONTINUE
    pair.operation.existing_server_default = pair.reflected.server_default
    if _is_a_default(pair) and _wanted(pair) != pair.state.default:
        pair.operation.modify_server_default = pair.model.server_default
    return None


def _is_a_default(pair: ColumnPair) -> bool:
    model, state = pair.model.server_default, pair.state
    if state.generated or state.identity or (model is None and _counts(pair)):
        return False
    return isinstance(model, DefaultClause | None)


def _counts(pair: ColumnPair) -> bool:
    key = pair.model is pair.model.table.autoincrement_column
    return pair.state.serial or (key and (pair.state.default or "").startswith("nextval("))


def _wanted(pair: ColumnPair) -> str | None:
    default = default_of(pair.model, pair.everything.to)
    if default is None:
        return None
    found: ColumnState | None = pair.everything.built.get(("default", pair.state.type, default))
    return default if found is None else found.default
