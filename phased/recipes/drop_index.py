"""Drop an index.

**Why.** The queries of the release that is running were written with the index there: it goes in
*contract*. DROP INDEX takes ACCESS EXCLUSIVE on the table, so a long reader makes everybody queue
behind it; CONCURRENTLY waits without blocking anyone, outside a transaction.

A unique index may be the target of old code's ON CONFLICT, which fails without it; it waits for
contract too, and until then refuses the duplicates that new code may want to write.

The index of a partitioned table cannot be dropped CONCURRENTLY. A plain DROP INDEX there reads no
rows, and the runner waits for the lock outside the queue.

Source: https://www.postgresql.org/docs/current/sql-dropindex.html

Bad::

    def expand() -> None:
        op.drop_index("ix_users_email", table_name="users")

Good::

    def contract() -> None:
        op.drop_index("ix_users_email", table_name="users", postgresql_concurrently=True)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from alembic.operations.ops import DropIndexOp

from phased.indexes import drop
from phased.recipe import Phases, table_of

if TYPE_CHECKING:
    from phased.recipe import Context

HANDLES = (DropIndexOp,)


def applies(op: DropIndexOp, context: Context) -> bool:
    """Every index that leaves the models."""
    del op, context
    return True


def phases(op: DropIndexOp, context: Context) -> Phases:
    """CONCURRENTLY in contract; nothing where the table goes too, and takes it along."""
    if table_of(op) in context.dropped:
        return Phases()
    return Phases(contract=drop(op, context))
