"""Drop a column.

**Why.** The running release reads it: it goes in *contract*. ``DROP COLUMN`` changes the catalog
only; its constraints and indexes are dropped before, one by one. Never CASCADE: a view that uses
the column makes PostgreSQL refuse.

The new release no longer names it in its INSERTs. Where it is NOT NULL without a default they
would fail, so *expand* drops NOT NULL. Where it has a default and is part of a unique constraint or
index of several columns, every new row would have the same value there: *expand* drops the
default too, since NULLs never collide.

Source: https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES

Bad::

    def expand() -> None:
        op.drop_column("users", "username")

Good::

    def expand() -> None:
        op.alter_column("users", "username", nullable=True)

    def contract() -> None:
        op.drop_column("users", "username")
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from alembic.operations.ops import AlterColumnOp, DropColumnOp
from sqlalchemy import Computed, Identity

from phased.filling import set_default
from phased.recipe import Phases, facts_of, primary_key

if TYPE_CHECKING:
    from alembic.operations import MigrateOperation

    from phased.recipe import Context

HANDLES = (DropColumnOp,)


def applies(op: DropColumnOp, context: Context) -> bool:
    """Every column that leaves the models and is not part of the primary key."""
    return op.column_name not in primary_key(op, context)


def phases(op: DropColumnOp, context: Context) -> Phases:
    """Relax what new code cannot satisfy; drop the column when nobody reads it."""
    return Phases(expand=_relaxed(op, context), contract=(op,))


def _relaxed(op: DropColumnOp, context: Context) -> tuple[MigrateOperation, ...]:
    column, table, schema = op.to_column(), op.table_name, op.schema
    if isinstance(column.server_default, Identity | Computed):
        return ()
    collides = column.server_default is not None and _shares_unique(op, context)
    nullable = AlterColumnOp(table, column.name, schema=schema, modify_nullable=True)
    alone = column.server_default is None or collides
    return (
        *((set_default(table, column.name, None, schema),) if collides else ()),
        *((nullable,) if alone and not column.nullable else ()),
    )


def _shares_unique(op: DropColumnOp, context: Context) -> bool:
    indexes = facts_of(op, context).indexes.values()
    return any(i.unique and op.column_name in i.columns and len(i.columns) > 1 for i in indexes)
