"""UNIQUE constraints: also DEFERRABLE, INCLUDE and NULLS NOT DISTINCT."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alembic.operations.ops import AddConstraintOp, DropConstraintOp
from sqlalchemy import UniqueConstraint
from sqlalchemy.schema import conv

from phased.compiled import body, exists
from phased.filters import changes, reflected
from phased.twin import constraint

if TYPE_CHECKING:
    from collections.abc import Iterator

    from alembic.operations.ops import MigrateOperation
    from sqlalchemy import Table

    from phased.comparator import TablePair, TableSide
    from phased.compiled import Compiler
    from phased.twin import Wanted

COMPARES = ("table", "indexes")


def wanted(side: TableSide) -> Iterator[Wanted]:
    """Every UNIQUE of the models."""
    for one in _uniques(side.model, side.to):
        yield constraint(one, side.model.name, body(one, side.to))


def compare(pair: TablePair) -> Iterator[MigrateOperation]:
    """What leaves, what changes (as a drop and a creation), what is new."""
    run = pair.everything
    found = {name: c.definition for name, c in pair.state.constraints.items() if c.kind == "u"}
    models = {one: run.definition(one) for one in _uniques(pair.model, run.to)}
    for name, one in changes(pair, "unique_constraint", models, found):
        if name is not None:
            yield _drop(pair, name)
        if one is not None:
            yield AddConstraintOp.from_constraint(one)


def _uniques(table: Table, to: Compiler) -> list[UniqueConstraint]:
    uniques = [one for one in table.constraints if isinstance(one, UniqueConstraint)]
    return [one for one in uniques if len(one.columns) and exists(one, to)]


def _drop(pair: TablePair, name: str) -> DropConstraintOp:
    old = reflected(pair, name)
    if old is None:
        return DropConstraintOp(conv(name), pair.name, "unique", schema=pair.schema)
    return DropConstraintOp.from_constraint(old)
