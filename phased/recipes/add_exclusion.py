"""Refuse an exclusion constraint on a table that is in use.

**Why.** There is no online way: PostgreSQL builds the index under ACCESS EXCLUSIVE while it reads
the whole table, and ADD CONSTRAINT … USING INDEX does not take it.

Source: https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-ADD-TABLE-CONSTRAINT

Bad::

    def expand() -> None:
        op.create_exclude_constraint("ex_bookings", "bookings", ("room", "="), ("during", "&&"))

Good::

    def expand() -> None:  # on a table that nobody reads or writes yet
        op.create_table(
            "bookings",
            sa.Column("room", sa.Integer()),
            sa.Column("during", postgresql.TSTZRANGE()),
            postgresql.ExcludeConstraint(("room", "="), ("during", "&&"), name="ex_bookings"),
        )
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alembic.ddl.postgresql import CreateExcludeConstraintOp

from phased.errors.changes import ExclusionNeedsWindow
from phased.recipe import Phases, Replace, cost, is_new, table_of

if TYPE_CHECKING:
    from alembic.operations import MigrateOperation

    from phased.recipe import Context

HANDLES = (CreateExcludeConstraintOp, Replace)


def applies(op: MigrateOperation, context: Context) -> bool:
    """A new one, or one with another definition."""
    del context
    return isinstance(_created(op), CreateExcludeConstraintOp)


def _created(op: MigrateOperation) -> MigrateOperation:
    return op.create if isinstance(op, Replace) else op


def phases(op: MigrateOperation, context: Context) -> Phases:
    """On a new table as it is; none elsewhere.

    Raises:
        ExclusionNeedsWindow: The table existed before.
    """
    made: Any = _created(op)
    if is_new(made, context):
        return Phases(expand=(made,))
    raise ExclusionNeedsWindow(
        constraint=made.constraint_name, table=table_of(made), cost=cost(made, context)
    )
