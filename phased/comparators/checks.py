"""CHECK constraints, compared as ``pg_get_constraintdef`` prints both.

One that is NOT VALID is no difference: the same contract that adds it validates it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from alembic.operations.ops import CreateCheckConstraintOp, DropConstraintOp
from sqlalchemy import text
from sqlalchemy.schema import conv

from phased.compiled import body, checks_of, name_of
from phased.expressions import escaped
from phased.filters import changes
from phased.twin import constraint

if TYPE_CHECKING:
    from collections.abc import Iterator

    from alembic.operations.ops import MigrateOperation
    from sqlalchemy import CheckConstraint

    from phased.comparator import TablePair, TableSide
    from phased.twin import Wanted

COMPARES = ("table", "phased")


def wanted(side: TableSide) -> Iterator[Wanted]:
    """Every CHECK of the models."""
    for check in checks_of(side.model, side.to):
        yield constraint(check, side.model.name, body(check, side.to))


def compare(pair: TablePair) -> Iterator[MigrateOperation]:
    """What leaves, what changes (as a drop and a creation), what is new."""
    run = pair.everything
    found = {name: c.definition for name, c in pair.state.constraints.items() if c.kind == "c"}
    models = {check: run.definition(check) for check in checks_of(pair.model, run.to)}
    for name, check in changes(pair, "check_constraint", models, found):
        if name is not None:
            yield _drop(pair, name, found[name])
        if check is not None:
            yield _create(pair, check)


def _create(pair: TablePair, check: CheckConstraint) -> CreateCheckConstraintOp:
    to = pair.everything.to
    return _operation(pair, name_of(check, to), body(check, to), **check.dialect_kwargs)


def _drop(pair: TablePair, name: str, definition: str) -> DropConstraintOp:
    old = _operation(pair, name, definition)
    return DropConstraintOp(conv(name), pair.name, "check", schema=pair.schema, _reverse=old)


def _operation(
    pair: TablePair, name: str | None, body: str, **options: object
) -> CreateCheckConstraintOp:
    # The text between CHECK ( and its closing parenthesis; options such as NO INHERIT follow it.
    condition = text(escaped(body[body.index("(") + 1 : body.rindex(")")]))
    final = None if name is None else conv(name)
    return CreateCheckConstraintOp(final, pair.name, condition, schema=pair.schema, **options)
