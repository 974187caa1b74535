"""Indexes, compared as ``pg_get_indexdef`` prints both; an INVALID one counts as missing.

Expressions, WHERE, INCLUDE, operator classes, collations, order and storage options are all in it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from alembic.operations.ops import CreateIndexOp, DropIndexOp

from phased.compiled import index_tail
from phased.filters import changes, reflected
from phased.twin import index

if TYPE_CHECKING:
    from collections.abc import Iterator

    from alembic.operations.ops import MigrateOperation
    from sqlalchemy import Index

    from phased.comparator import TablePair, TableSide
    from phased.twin import Wanted

COMPARES = ("table", "indexes")


def wanted(side: TableSide) -> Iterator[Wanted]:
    """Every index of the models."""
    for one in side.model.indexes:
        yield index(one, side.model.name, index_tail(one, side.to), unique=bool(one.unique))


def compare(pair: TablePair) -> Iterator[MigrateOperation]:
    """What leaves, what changes or is INVALID (as a drop and a creation), what is new."""
    indexes = pair.state.indexes
    found = {n: (i.unique, i.definition, i.valid) for n, i in indexes.items() if not i.constraint}
    models = {one: _definition(pair, one) for one in pair.model.indexes}
    for name, one in changes(pair, "index", models, found):
        if name is not None:
            yield _drop(pair, name)
        if one is not None:
            yield CreateIndexOp.from_index(one)


def _definition(pair: TablePair, one: Index) -> tuple[bool, str, bool] | None:
    built = pair.everything.built.get(one)
    return None if built is None else (built.unique, built.definition, True)


def _drop(pair: TablePair, name: str) -> DropIndexOp:
    old = reflected(pair, name)
    if old is None:
        return DropIndexOp(name, pair.name, schema=pair.schema)
    return DropIndexOp.from_index(old)
