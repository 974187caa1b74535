"""Add a column that ``filled_by("…")`` gives a value, NOT NULL as a rule.

**Why.** The running release does not name the column in its INSERTs. NOT NULL without a default
would fail them, and the rows that are there have no value. What ``filled_by`` says serves both:

- The same for every row (``'en'``): the column is added NOT NULL with it as default, which touches
  no row. The default is temporary; *contract* drops it.
- Another for every row, from no column (``gen_random_uuid()``): nullable, the temporary default in
  a statement of its own, and the rows that are there are filled in batches.
- From other columns (``lower(username)``): a default cannot name columns, so a trigger fills what
  the running release inserts or updates without the column. It keeps every value that new code
  gives. *Contract* drops it.
- With a ``server_default`` of its own beside it the column keeps that default: new rows get it,
  and the rows that are there are filled by the expression.

NOT NULL comes in *contract*, proved by a validated CHECK, so that nothing is read under ACCESS
EXCLUSIVE.

Source: https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES

Bad::

    def expand() -> None:  # fails on a table with rows, and would fail every INSERT of old code
        op.add_column("users", sa.Column("slug", sa.Text(), nullable=False))

Good::

    def expand() -> None:
        op.add_column("users", sa.Column("slug", sa.Text(), nullable=True))
        op.keep_filled("users", {"slug": "lower(username)"})

    def backfill() -> None:
        op.backfill("users", {"slug": "lower(username)"})

    def contract() -> None:
        op.create_check_constraint(
            "users_slug_is_not_null", "users", "slug IS NOT NULL", postgresql_not_valid=True
        )
        op.validate_constraint("users_slug_is_not_null", "users")
        op.alter_column("users", "slug", nullable=False)
        op.drop_constraint("users_slug_is_not_null", "users")
        op.stop_filling("users", ["slug"])
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from alembic.operations.ops import AddColumnOp

from phased.filling import (
    Way,
    check_readable,
    default_of,
    filled_by,
    is_volatile,
    needs_row,
    set_default,
    set_not_null,
    way,
    with_default,
    without_default,
)
from phased.operations.backfill import BackfillOp
from phased.operations.keep_filled import KeepFilledOp
from phased.operations.note import NoteOp
from phased.recipe import Phases, model_table

if TYPE_CHECKING:
    from alembic.operations import MigrateOperation

    from phased.recipe import Context

HANDLES = (AddColumnOp,)
TEMPORARY = NoteOp("The default is for the running release, which does not know the column.")


def applies(op: AddColumnOp, context: Context) -> bool:
    """The model says what the rows hold."""
    return way(op.column, context.facts) is Way.FILLED


def phases(op: AddColumnOp, context: Context) -> Phases:
    """By what the expression needs."""
    expression = str(filled_by(op.column))
    own = default_of(op.column)
    if own is not None:
        return _in_steps(op, expression, (_default(op, own),), ())
    if needs_row(expression):
        check_readable(op.column, expression, model_table(op, context))
        keep = KeepFilledOp(op.table_name, {op.column.name: expression}, schema=op.schema)
        return _in_steps(op, expression, (keep,), (keep.reverse(),))
    if is_volatile(expression, context.facts):
        set_it = (TEMPORARY, _default(op, expression))
        return _in_steps(op, expression, set_it, (_default(op, None),))
    return _at_once(op, expression)


def _at_once(op: AddColumnOp, expression: str) -> Phases:
    added = AddColumnOp(op.table_name, with_default(op.column, expression), schema=op.schema)
    return Phases(expand=(TEMPORARY, added), contract=(_default(op, None),))


def _in_steps(
    op: AddColumnOp,
    expression: str,
    begin: tuple[MigrateOperation, ...],
    end: tuple[MigrateOperation, ...],
) -> Phases:
    table, name, schema = op.table_name, op.column.name, op.schema
    column = without_default(op.column)
    not_null = () if op.column.nullable else set_not_null(table, name, schema)
    return Phases(
        expand=(AddColumnOp(table, column, schema=schema), *begin),
        backfill=(BackfillOp(table, {name: expression}, schema=schema),),
        contract=(*not_null, *end),
    )


def _default(op: AddColumnOp, expression: str | None) -> MigrateOperation:
    return set_default(op.table_name, op.column.name, expression, op.schema)
