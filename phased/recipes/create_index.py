"""Create an index on a table that is in use.

**Why.** A plain CREATE INDEX takes a SHARE lock and reads the whole table: every write waits until
it is done. CONCURRENTLY lets reads and writes go on; it runs outside a transaction and waits for
transactions that are older than itself.

- An index on columns that old code knows is built in *expand*.
- One that names a column this revision adds is built in *backfill*, when the column is filled:
  earlier, every filled row would be written into it one by one.
- A unique one on columns that old code writes restricts, so it waits for *contract*. New code that
  needs it as an ON CONFLICT target is the release after this one.
- On a partitioned table CONCURRENTLY is an error: the parent's index is created alone and invalid,
  every partition gets one CONCURRENTLY, and each is attached. The partitions are those of the
  database that the revision was written against; a partition that is missing here leaves the
  parent's index invalid, one that is gone stops the run.
- On a table created in the same revision it is a plain CREATE INDEX.

Source: https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY

Bad::

    def expand() -> None:
        op.create_index("ix_users_email", "users", ["email"])

Good::

    def expand() -> None:
        op.create_index("ix_users_email", "users", ["email"], postgresql_concurrently=True)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from alembic.operations.ops import CreateIndexOp

from phased.indexes import build, index_phase
from phased.recipe import Phases, is_new

if TYPE_CHECKING:
    from phased.recipe import Context

HANDLES = (CreateIndexOp,)


def applies(op: CreateIndexOp, context: Context) -> bool:
    """Every new index."""
    del op, context
    return True


def phases(op: CreateIndexOp, context: Context) -> Phases:
    """CONCURRENTLY, when nothing it needs or restricts is in the way."""
    if is_new(op, context):
        return Phases(expand=(op,))
    return Phases(**{index_phase(op, context).word: build(op, context)})
