"""Add a column that is nullable, or that has a default which is the same for every row.

**Why.** PostgreSQL stores such a default once, in the catalog, and gives it to the rows that are
there without touching them. The lock is ACCESS EXCLUSIVE for an instant. NOT NULL is part of it: no
row can be without the value, and the running release, which does not know the column, gets the
default. ``now()`` counts as the same: it is evaluated once.

Constraints, indexes and foreign keys of the column come as operations of their own.

Source: https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES

Bad::

    def expand() -> None:  # two statements, and the second reads the whole table
        op.add_column("users", sa.Column("locale", sa.Text(), server_default="en"))
        op.alter_column("users", "locale", nullable=False)

Good::

    def expand() -> None:
        op.add_column(
            "users", sa.Column("locale", sa.Text(), server_default="en", nullable=False)
        )
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from alembic.operations.ops import AddColumnOp

from phased.filling import Way, bare, way
from phased.recipe import Phases

if TYPE_CHECKING:
    from phased.recipe import Context

HANDLES = (AddColumnOp,)


def applies(op: AddColumnOp, context: Context) -> bool:
    """Nothing has to be written for the rows that are there."""
    return way(op.column, context.facts) is Way.PLAIN


def phases(op: AddColumnOp, context: Context) -> Phases:
    """The column alone."""
    del context
    return Phases(expand=(AddColumnOp(op.table_name, bare(op.column), schema=op.schema),))
