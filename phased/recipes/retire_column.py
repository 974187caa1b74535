"""Drop columns that others carry on, once no release writes them.

**Why.** The trigger that keeps both sides in step names the old columns: it goes first, in the same
transaction. What hangs on the old columns (indexes, foreign keys) went before, one by one, so that
DROP COLUMN never cascades.

Source: https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-DROP-COLUMN

Bad::

    def expand() -> None:
        op.drop_column("users", "username")

Good::

    def contract() -> None:
        op.unsync_columns("users", old="username", new="handle")
        op.drop_column("users", "username")
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from phased.succeeding import ended
from phased.succession import RetireOp

if TYPE_CHECKING:
    from phased.recipe import Context, Phases

HANDLES = (RetireOp,)


def applies(op: RetireOp, context: Context) -> bool:
    """Every succession ends."""
    del op, context
    return True


def phases(op: RetireOp, context: Context) -> Phases:
    """Out of step, then gone."""
    del context
    return ended(op)
