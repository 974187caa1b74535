"""What the models must say before a revision can be written from them."""

from __future__ import annotations

import re
from itertools import combinations
from typing import TYPE_CHECKING, Any

from alembic.operations import ops
from sqlalchemy import CheckConstraint, Constraint, PrimaryKeyConstraint

from phased.errors.models import (
    HintNamesNoColumn,
    HintsContradict,
    NoNamingConvention,
    UnnamedConstraint,
)
from phased.filling import filled_by, parse
from phased.hints import CONVERTED_FROM, FILLED_BY, RENAMED_FROM
from phased.recipe import facts_of, model_column, model_table, table_of
from phased.syntax import expressions

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from alembic.operations import MigrateOperation
    from sqlalchemy import Column, MetaData

    from phased.recipe import Context

KINDS = ("uq", "ck", "fk", "pk")
HINTS = (RENAMED_FROM, FILLED_BY, CONVERTED_FROM)


def check_metadata(metadata: Iterable[MetaData]) -> None:
    """Names of constraints must follow from the models.

    Raises:
        NoNamingConvention: A MetaData with tables has none.
    """
    for one in metadata:
        if one.tables and not any(kind in one.naming_convention for kind in KINDS):
            raise NoNamingConvention(kinds=", ".join(KINDS))


def check_names(changes: Iterable[MigrateOperation]) -> None:
    """Every constraint that is created has a name.

    Raises:
        UnnamedConstraint: One has none.
    """
    for op in changes:
        if isinstance(op, ops.CreateTableOp):
            for item in op.columns:
                _check_name(op, item)
        elif isinstance(op, ops.AddConstraintOp) and op.constraint_name is None:  # type: ignore[attr-defined] # every subclass has one
            _refuse_unnamed(op, op.to_constraint())


def _check_name(op: MigrateOperation, item: object) -> None:
    if not isinstance(item, Constraint) or isinstance(item.name, str):
        return
    of_type = isinstance(item, CheckConstraint) and getattr(item, "_type_bound", False)
    keyless = isinstance(item, PrimaryKeyConstraint) and not item.columns
    if not of_type and not keyless:
        _refuse_unnamed(op, item)


def _refuse_unnamed(op: MigrateOperation, item: Constraint) -> None:
    kind = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", type(item).__name__.removesuffix("Constraint"))
    raise UnnamedConstraint(
        kind=f"{kind.upper()} constraint",
        table=table_of(op),
        definition=_definition(item),
        example=f'{type(item).__name__}(..., name="...")',
    )


def _definition(item: Constraint) -> str:
    if isinstance(item, CheckConstraint):
        return str(item.sqltext)
    return ", ".join(column.name for column in getattr(item, "columns", ()))


def check_hints(changes: Sequence[MigrateOperation], context: Context) -> None:
    """Hints agree with each other, and name columns that are there.

    Raises:
        HintsContradict: Two hints on one column.
        HintNamesNoColumn: A hint names another column than the table has.
    """
    for name, table in context.tables.items():
        for column in table.columns:
            _check_agreement(name, column)
    for op in changes:
        hinted = _hinted(op, context)
        if hinted is not None:
            _check_expressions(op, hinted, context)


def _hinted(op: MigrateOperation, context: Context) -> Column[Any] | None:
    if isinstance(op, ops.AddColumnOp):
        return op.column
    if isinstance(op, ops.AlterColumnOp) and op.modify_nullable is False:
        return model_column(op, op.column_name, context)
    return None


def _check_agreement(table: str, column: Column[Any]) -> None:
    given = [key for key in HINTS if key in column.info]
    for first, second in combinations(given, 2):
        raise HintsContradict(
            table=table,
            column=column.name,
            first=first.removeprefix("phased."),
            second=second.removeprefix("phased."),
        )


def _check_expressions(op: MigrateOperation, column: Column[Any], context: Context) -> None:
    converted = column.info.get(CONVERTED_FROM)
    if converted is not None:
        check_named(op, column.name, ("converted_from", list(converted["columns"])), context)
    expression = filled_by(column)
    if expression is not None and not expressions.asks_elsewhere(parse(expression)):
        named = list(expressions.columns(parse(expression)))
        check_named(op, column.name, ("filled_by", named), context)


def check_named(
    op: MigrateOperation, column: str, hint: tuple[str, list[str]], context: Context
) -> None:
    """The columns that a hint names are in the models or in the database.

    Args:
        op: Says which table.
        column: The column with the hint.
        hint: The hint's name and the columns it names.
        context: Knows both.

    Raises:
        HintNamesNoColumn: One is in neither.
    """
    table = model_table(op, context)
    there = {c.name for c in table.columns} if table is not None else set()
    there |= set(facts_of(op, context).columns)
    for name in hint[1]:
        if name not in there:
            facts = {"table": table_of(op), "column": column, "named": name}
            raise HintNamesNoColumn(hint=hint[0], columns=", ".join(sorted(there)), **facts)
