"""Drop an exclusion constraint.

**Why.** It relaxes: what old code writes passes without it too, and new code may write what it
refuses. So it goes in *expand*. The lock is ACCESS EXCLUSIVE and short; no row is read.

Source: https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-EXCLUSION

Bad::

    def contract() -> None:  # new code's overlapping rows fail before this runs
        op.drop_constraint("ex_bookings", "bookings")

Good::

    def expand() -> None:
        op.drop_constraint("ex_bookings", "bookings")
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from alembic.operations.ops import DropConstraintOp

from phased.recipe import Phases, table_of

if TYPE_CHECKING:
    from phased.recipe import Context

HANDLES = (DropConstraintOp,)


def applies(op: DropConstraintOp, context: Context) -> bool:
    """An exclusion constraint that leaves the models."""
    del context
    return op.constraint_type == "exclude"


def phases(op: DropConstraintOp, context: Context) -> Phases:
    """In expand; nothing where the table goes too, and takes it along."""
    if table_of(op) in context.dropped:
        return Phases()
    # Alembic knows no type of that name.
    return Phases(expand=(DropConstraintOp(op.constraint_name, op.table_name, schema=op.schema),))
