"""Primary keys: which columns; never the name, which nobody refers to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alembic.operations.ops import CreatePrimaryKeyOp, DropConstraintOp
from sqlalchemy.schema import conv

if TYPE_CHECKING:
    from collections.abc import Iterator

    from alembic.operations.ops import MigrateOperation

    from phased.comparator import TablePair

COMPARES = ("table", "phased")


def compare(pair: TablePair) -> Iterator[MigrateOperation]:
    """The old key's drop and the new one's creation."""
    old = next(((n, c) for n, c in pair.state.constraints.items() if c.kind == "p"), None)
    key = pair.model.primary_key
    if sorted(old[1].columns if old else ()) == sorted(column.name for column in key.columns):
        return
    if old is not None:
        name, state = old
        yield _drop(pair, name, list(state.columns))
    if len(key.columns):
        yield CreatePrimaryKeyOp.from_constraint(key)


def _drop(pair: TablePair, name: str, columns: list[str]) -> DropConstraintOp:
    old = CreatePrimaryKeyOp(conv(name), pair.name, columns, schema=pair.schema)
    return DropConstraintOp(conv(name), pair.name, "primary", schema=pair.schema, _reverse=old)
