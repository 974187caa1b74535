"""Add a column whose default is another value for every row, as ``gen_random_uuid()``.

**Why.** In one statement PostgreSQL writes the whole table anew, under ACCESS EXCLUSIVE. So the
column is added without the default and gets it in the next statement: rows that are inserted from
then on have it, from old code too. The rows that are there are filled in batches, and NOT NULL
comes in *contract*, proved by a validated CHECK.

Source: https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES

Bad::

    def expand() -> None:
        op.add_column(
            "users", sa.Column("token", sa.Uuid(), server_default=sa.text("gen_random_uuid()"))
        )

Good::

    def expand() -> None:
        op.add_column("users", sa.Column("token", sa.Uuid(), nullable=True))
        op.alter_column("users", "token", server_default=sa.text("gen_random_uuid()"))

    def backfill() -> None:
        op.backfill("users", {"token": "gen_random_uuid()"})
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from alembic.operations.ops import AddColumnOp

from phased.filling import (
    Way,
    default_of,
    set_default,
    set_not_null,
    way,
    without_default,
)
from phased.operations.backfill import BackfillOp
from phased.recipe import Phases

if TYPE_CHECKING:
    from phased.recipe import Context

HANDLES = (AddColumnOp,)


def applies(op: AddColumnOp, context: Context) -> bool:
    """The default has to be evaluated for every row."""
    return way(op.column, context.facts) is Way.VOLATILE


def phases(op: AddColumnOp, context: Context) -> Phases:
    """The column, then its default, then the rows."""
    del context
    table, column, schema = op.table_name, op.column, op.schema
    default = str(default_of(column))
    return Phases(
        expand=(
            AddColumnOp(table, without_default(column), schema=schema),
            set_default(table, column.name, default, schema),
        ),
        backfill=(BackfillOp(table, {column.name: default}, schema=schema),),
        contract=() if column.nullable else set_not_null(table, column.name, schema),
    )
