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

from typing import TYPE_CHECKING

from alembic.ddl.postgresql import CreateExcludeConstraintOp

from phased.errors.changes import ExclusionNeedsWindow
from phased.recipe import Phases, cost, is_new, table_of

if TYPE_CHECKING:
    from phased.recipe import Context

HANDLES = (CreateExcludeConstraintOp,)


def applies(op: CreateExcludeConstraintOp, context: Context) -> bool:
    """Every one."""
    del op, context
    return True


def phases(op: CreateExcludeConstraintOp, context: Context) -> Phases:
    """On a new table as it is; none elsewhere.

    Raises:
        ExclusionNeedsWindow: The table existed before.
    """
    if is_new(op, context):
        return Phases(expand=(op,))
    raise ExclusionNeedsWindow(
        constraint=op.constraint_name, table=table_of(op), cost=cost(op, context)
    )
