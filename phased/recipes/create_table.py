"""Create a table.

**Why.** Nobody reads or writes it yet, so everything about it goes in *expand*, in one statement:
columns, primary key, uniques, checks, foreign keys, and its indexes without CONCURRENTLY.

A foreign key to a table that exists takes SHARE ROW EXCLUSIVE there for an instant: the new table
is empty, nothing is read. Foreign keys that two new tables have to each other are added when both
exist.

Source: https://www.postgresql.org/docs/current/sql-createtable.html

Bad::

    def contract() -> None:  # the new release needs the table when it starts
        op.create_table("tags", sa.Column("id", sa.Integer(), nullable=False))

Good::

    def expand() -> None:
        op.create_table("tags", sa.Column("id", sa.Integer(), nullable=False))
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from alembic.operations.ops import CreateTableOp

from phased.recipe import Phases

if TYPE_CHECKING:
    from phased.recipe import Context

HANDLES = (CreateTableOp,)


def applies(op: CreateTableOp, context: Context) -> bool:
    """Every new table."""
    del op, context
    return True


def phases(op: CreateTableOp, context: Context) -> Phases:
    """As it is."""
    del context
    return Phases(expand=(op,))
