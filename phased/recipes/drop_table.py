"""Drop a table.

**Why.** The running release reads and writes it: *contract*. Its indexes and constraints go with
it. Its foreign keys, and those of other tables that refer to it, are dropped one by one before,
each with a short lock on both tables. CASCADE would drop whatever else depends on the table without
naming it, views included; here PostgreSQL refuses instead.

Source: https://www.postgresql.org/docs/current/sql-droptable.html

Bad::

    def expand() -> None:
        op.drop_table("sessions")

Good::

    def contract() -> None:
        op.drop_table("sessions")
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from alembic.operations.ops import DropTableOp

from phased.recipe import Phases

if TYPE_CHECKING:
    from phased.recipe import Context

HANDLES = (DropTableOp,)


def applies(op: DropTableOp, context: Context) -> bool:
    """Every table that leaves the models."""
    del op, context
    return True


def phases(op: DropTableOp, context: Context) -> Phases:
    """When nobody uses it."""
    del context
    return Phases(contract=(op,))
