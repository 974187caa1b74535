"""Add a UNIQUE constraint to a table that is in use.

**Why.** ADD CONSTRAINT … UNIQUE builds its index under ACCESS EXCLUSIVE: nobody reads or writes
until it is done. So the unique index is built CONCURRENTLY first, and ADD CONSTRAINT … USING INDEX
makes a constraint of it, which changes only the catalog.

- On columns that old code writes it restricts, from the moment the index exists: *contract*. New
  code that needs it as an ON CONFLICT target is the release after this one.
- On columns that this revision adds it comes in *backfill*, when they are filled, and so before new
  code runs: as an ON CONFLICT target it is there in time. A DEFERRABLE constraint is never one.
- USING INDEX does not work on a partitioned table. Every partition gets the index CONCURRENTLY and
  the constraint USING it, the parent gets the constraint alone (ONLY, invalid), and each
  partition's index is attached; with the last the parent's becomes valid.

Duplicates make the index build fail; nothing is lost, the invalid index is dropped and built again
by the same command once they are gone::

    SELECT email, count(*) FROM users GROUP BY email HAVING count(*) > 1;

Source: https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-ADD-TABLE-CONSTRAINT-USING-INDEX

Bad::

    def expand() -> None:
        op.create_unique_constraint("uq_users_email", "users", ["email"])

Good::

    def contract() -> None:
        op.create_index(
            "uq_users_email", "users", ["email"], unique=True, postgresql_concurrently=True
        )
        op.create_unique_constraint_using_index("uq_users_email", "users", "uq_users_email")
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from alembic.operations.ops import CreateUniqueConstraintOp

from phased.indexes import harmless
from phased.model import Phase
from phased.recipe import Phases, is_new
from phased.uniques import add

if TYPE_CHECKING:
    from phased.recipe import Context

HANDLES = (CreateUniqueConstraintOp,)


def applies(op: CreateUniqueConstraintOp, context: Context) -> bool:
    """Every new UNIQUE constraint."""
    del op, context
    return True


def phases(op: CreateUniqueConstraintOp, context: Context) -> Phases:
    """The index first, then the constraint."""
    if is_new(op, context):
        return Phases(expand=(op,))
    phase = Phase.BACKFILL if harmless(op, op.columns, context) else Phase.CONTRACT
    return Phases(**{phase.word: add(op, context)})
