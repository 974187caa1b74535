"""Drop a CHECK constraint.

**Why.** It relaxes: what old code writes passes without it too, and new code may write what it
refuses. So it goes in *expand*. The lock is ACCESS EXCLUSIVE and short; no row is read.

Source: https://www.postgresql.org/docs/current/sql-altertable.html

Bad::

    def contract() -> None:
        op.drop_constraint("ck_posts_score", "posts", type_="check")

Good::

    def expand() -> None:
        op.drop_constraint("ck_posts_score", "posts", type_="check")
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from alembic.operations.ops import DropConstraintOp

from phased.constraints import drop
from phased.recipe import Phases, table_of

if TYPE_CHECKING:
    from phased.recipe import Context

HANDLES = (DropConstraintOp,)


def applies(op: DropConstraintOp, context: Context) -> bool:
    """A check that leaves the models."""
    del context
    return op.constraint_type == "check"


def phases(op: DropConstraintOp, context: Context) -> Phases:
    """In expand; nothing where the table goes too, and takes it along."""
    if table_of(op) in context.dropped:
        return Phases()
    return Phases(expand=(drop(op),))
