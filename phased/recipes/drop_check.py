"""Drop a CHECK constraint.

**Why.** It relaxes: what old code writes passes without it too, and new code may write what it
refuses. So it goes in *expand*. The lock is ACCESS EXCLUSIVE and short; no row is read.

One that names a column that is renamed waits for *contract*: the new name has a check of its own
only there, and until then this one judges what either release writes.

Source: https://www.postgresql.org/docs/current/sql-altertable.html

Bad::

    def contract() -> None:
        op.drop_constraint("ck_posts_score", "posts", type_="check")

Good::

    def expand() -> None:
        op.drop_constraint("ck_posts_score", "posts", type_="check")
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from alembic.operations.ops import CreateCheckConstraintOp, DropConstraintOp

from phased.constraints import drop
from phased.expressions import columns_in
from phased.recipe import Phases, succeeded, table_of

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
    if _judges_renamed(op, context):
        return Phases(contract=(drop(op),))
    return Phases(expand=(drop(op),))


def _judges_renamed(op: DropConstraintOp, context: Context) -> bool:
    before = op._reverse  # noqa: SLF001 # Alembic's place for the old definition
    if not isinstance(before, CreateCheckConstraintOp):
        return False
    renames = replace(context, successions=tuple(o for o in context.successions if o.up is None))
    return succeeded(table_of(op), columns_in(before.condition), renames)
