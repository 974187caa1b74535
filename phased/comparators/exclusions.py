"""EXCLUDE constraints, compared as ``pg_get_constraintdef`` prints both."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alembic.operations.ops import AddConstraintOp, DropConstraintOp
from sqlalchemy import MetaData, Table, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.schema import conv

from phased.compiled import body, exists
from phased.expressions import escaped
from phased.filters import changes
from phased.twin import constraint

if TYPE_CHECKING:
    from collections.abc import Iterator

    from alembic.operations.ops import MigrateOperation

    from phased.comparator import TablePair, TableSide
    from phased.compiled import Compiler
    from phased.twin import Wanted

COMPARES = ("table", "phased")


def wanted(side: TableSide) -> Iterator[Wanted]:
    """Every EXCLUDE of the models."""
    for one in _exclusions(side.model, side.to):
        yield constraint(one, side.model.name, body(one, side.to))


def compare(pair: TablePair) -> Iterator[MigrateOperation]:
    """What leaves, what changes (as a drop and a creation), what is new."""
    run = pair.everything
    found = {name: c.definition for name, c in pair.state.constraints.items() if c.kind == "x"}
    models = {one: run.definition(one) for one in _exclusions(pair.model, run.to)}
    for name, one in changes(pair, "exclude_constraint", models, found):
        if name is not None:
            yield _drop(pair, name)
        if one is not None:
            yield AddConstraintOp.from_constraint(one)


def _exclusions(table: Table, to: Compiler) -> list[ExcludeConstraint]:
    found = [one for one in table.constraints if isinstance(one, ExcludeConstraint)]
    return [one for one in found if exists(one, to)]


def _drop(pair: TablePair, name: str) -> DropConstraintOp:
    old = pair.state.constraints[name]
    table = Table(pair.name, MetaData(), schema=pair.schema)
    elements = [(text(escaped(expression)), operator) for expression, operator in old.elements]
    where = None if old.where is None else text(escaped(old.where))
    constraint = ExcludeConstraint(*elements, name=conv(name), using=old.using, where=where)
    table.append_constraint(constraint)
    reverse = AddConstraintOp.from_constraint(constraint)
    # Alembic has no word for the kind.
    return DropConstraintOp(conv(name), pair.name, schema=pair.schema, _reverse=reverse)
