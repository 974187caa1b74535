"""Add a CHECK constraint to a table that is in use.

**Why.** ADD CONSTRAINT … CHECK reads the whole table under ACCESS EXCLUSIVE: nobody reads or writes
until it is done. NOT VALID skips the reading and judges new rows only; VALIDATE CONSTRAINT reads
the rows that were there before, in a step of its own, while reads and writes go on.

A NOT VALID constraint already refuses what old code may still write, so this is *contract*. It is
*expand* where old code cannot break it: every column it names is added by this revision, stays NULL
until new code writes it, and the check passes for NULL.

Source: https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES

Bad::

    def expand() -> None:
        op.create_check_constraint("ck_posts_score", "posts", "score >= 0")

Good::

    def contract() -> None:
        op.create_check_constraint(
            "ck_posts_score", "posts", "score >= 0", postgresql_not_valid=True
        )
        op.validate_constraint("ck_posts_score", "posts")
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from alembic.operations.ops import CreateCheckConstraintOp

from phased.constraints import add_check, left_null
from phased.expressions import columns_in, passes_null
from phased.recipe import Phases, is_new

if TYPE_CHECKING:
    from phased.recipe import Context

HANDLES = (CreateCheckConstraintOp,)


def applies(op: CreateCheckConstraintOp, context: Context) -> bool:
    """Every new check."""
    del op, context
    return True


def phases(op: CreateCheckConstraintOp, context: Context) -> Phases:
    """NOT VALID, then VALIDATE."""
    if is_new(op, context):
        return Phases(expand=(op,))
    unseen = left_null(op, columns_in(op.condition), context) and passes_null(op.condition)
    added = add_check(op)
    return Phases(expand=added) if unseen else Phases(contract=added)
