"""Allow NULL in a column.

**Why.** It relaxes, and new code needs it when it starts: *expand*. The lock is ACCESS EXCLUSIVE
for an instant; no row is read. Old code that reads the column meets NULL as soon as new code writes
one.

Source: https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-SET-DROP-NOT-NULL

Bad::

    def contract() -> None:  # new code's first NULL fails before this runs
        op.alter_column("users", "email", nullable=True)

Good::

    def expand() -> None:
        op.alter_column("users", "email", nullable=True)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from alembic.operations.ops import AlterColumnOp

from phased.recipe import Phases

if TYPE_CHECKING:
    from phased.recipe import Context

HANDLES = (AlterColumnOp,)


def applies(op: AlterColumnOp, context: Context) -> bool:
    """NULL is allowed from now on."""
    del context
    return op.modify_nullable is True


def phases(op: AlterColumnOp, context: Context) -> Phases:
    """As it is, with nothing else that Alembic knows about the column."""
    del context
    relaxed = AlterColumnOp(op.table_name, op.column_name, schema=op.schema, modify_nullable=True)
    return Phases(expand=(relaxed,))
