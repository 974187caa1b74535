"""Make a column NOT NULL.

**Why.** It refuses what old code may still write: *contract*. ``SET NOT NULL`` alone reads the
whole table under ACCESS EXCLUSIVE. A CHECK that says the same is added NOT VALID, which reads
nothing, and validated while reads and writes go on; PostgreSQL then takes it as the proof and skips
its scan.

Where the model says what missing values become (``filled_by``, else ``server_default``), the rows
that are there are filled in *backfill*, and a trigger fills what the running release still writes
without a value. Where it does not, VALIDATE fails as long as rows hold NULL; nothing is lost, and
the contract runs again when they are gone.

Source: https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-SET-DROP-NOT-NULL

Bad::

    def expand() -> None:
        op.alter_column("users", "email", nullable=False)

Good::

    def contract() -> None:
        op.create_check_constraint(
            "users_email_is_not_null", "users", "email IS NOT NULL", postgresql_not_valid=True
        )
        op.validate_constraint("users_email_is_not_null", "users")
        op.alter_column("users", "email", nullable=False)
        op.drop_constraint("users_email_is_not_null", "users")
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from alembic.operations.ops import AlterColumnOp

from phased.filling import check_readable, default_of, filled_by
from phased.filling import set_not_null as proved_not_null
from phased.naming import quote
from phased.operations.backfill import BackfillOp
from phased.operations.keep_filled import KeepFilledOp
from phased.operations.note import NoteOp
from phased.recipe import Phases, cost, model_column, model_table, table_of

if TYPE_CHECKING:
    from phased.recipe import Context

HANDLES = (AlterColumnOp,)


def applies(op: AlterColumnOp, context: Context) -> bool:
    """NULL is no longer allowed."""
    del context
    return op.modify_nullable is False


def phases(op: AlterColumnOp, context: Context) -> Phases:
    """Fill, then prove, then set."""
    not_null = proved_not_null(op.table_name, op.column_name, op.schema)
    fill = _fill(op, context)
    if fill is None:
        return Phases(contract=(_warning(op, context), *not_null))
    keep = KeepFilledOp(op.table_name, {op.column_name: fill}, schema=op.schema)
    rows = BackfillOp(op.table_name, {op.column_name: fill}, schema=op.schema)
    return Phases(expand=(keep,), backfill=(rows,), contract=(*not_null, keep.reverse()))


def _fill(op: AlterColumnOp, context: Context) -> str | None:
    column = model_column(op, op.column_name, context)
    if column is None:
        return None
    fill = filled_by(column)
    if fill is not None:
        check_readable(column, fill, model_table(op, context))
    return fill if fill is not None else default_of(column)


def _warning(op: AlterColumnOp, context: Context) -> NoteOp:
    table, column = table_of(op), quote(op.column_name)
    return NoteOp(
        f"Stops while rows of {table} ({cost(op, context)}) hold NULL: "
        f"SELECT count(*) FROM {table} WHERE {column} IS NULL. "
        'To have them filled, say info=filled_by("...") in the model and write this revision again.'
    )
