"""Drop a UNIQUE constraint.

**Why.** It relaxes, but old code may name it: ``ON CONFLICT (email)`` and ``ON CONFLICT ON
CONSTRAINT …`` fail as soon as it is gone. So it is dropped in *contract*. Until then it refuses the
duplicates that new code may want to write: that feature is switched on after the contract, or in
the release after.

The one exception is a constraint over columns that leave the models and are never distinct in new
rows (they have defaults, or it says NULLS NOT DISTINCT): new code would break it without naming
them, so it goes in *expand*.

DROP CONSTRAINT takes ACCESS EXCLUSIVE for an instant; no row is read. There is no CONCURRENTLY for
it.

Source: https://www.postgresql.org/docs/current/sql-insert.html#SQL-ON-CONFLICT

Bad::

    def expand() -> None:
        op.drop_constraint("uq_users_email", "users", type_="unique")

Good::

    def contract() -> None:
        op.drop_constraint("uq_users_email", "users", type_="unique")
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from alembic.operations.ops import DropConstraintOp

from phased.constraints import drop
from phased.recipe import Phases, table_of
from phased.uniques import refuses_new_rows

if TYPE_CHECKING:
    from phased.recipe import Context

HANDLES = (DropConstraintOp,)


def applies(op: DropConstraintOp, context: Context) -> bool:
    """A UNIQUE constraint that leaves the models."""
    del context
    return op.constraint_type == "unique"


def phases(op: DropConstraintOp, context: Context) -> Phases:
    """In contract; nothing where the table goes too, and takes it along."""
    if table_of(op) in context.dropped:
        return Phases()
    if refuses_new_rows(op, context):
        return Phases(expand=(drop(op),))
    return Phases(contract=(drop(op),))
