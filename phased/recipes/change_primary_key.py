"""Refuse another primary key.

**Why.** PostgreSQL reads the table under ACCESS EXCLUSIVE for a new one (columns that are not NOT
NULL are scanned even USING INDEX), every foreign key to the old one has to go first, and the
running release finds its rows by the old one.

Source: https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-ADD-TABLE-CONSTRAINT-USING-INDEX

Bad::

    def expand() -> None:
        op.drop_constraint("pk_tags", "tags", type_="primary")
        op.create_primary_key("pk_tags", "tags", ["id", "tenant"])

Good::

    __table_args__ = (UniqueConstraint("id", "tenant"),)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from alembic.operations.ops import (
    AddColumnOp,
    CreatePrimaryKeyOp,
    DropColumnOp,
    DropConstraintOp,
    MigrateOperation,
)

from phased.errors.changes import PrimaryKeyNeedsWindow
from phased.filling import Way, way
from phased.recipe import cost, primary_key, table_of

if TYPE_CHECKING:
    from phased.recipe import Context

HANDLES = (CreatePrimaryKeyOp, DropConstraintOp, AddColumnOp, DropColumnOp)


def applies(op: MigrateOperation, context: Context) -> bool:
    """The key, or a column of it, comes or goes."""
    if isinstance(op, AddColumnOp):
        return way(op.column, context.facts) is Way.KEY
    if isinstance(op, DropColumnOp):
        return op.column_name in primary_key(op, context)
    return isinstance(op, CreatePrimaryKeyOp) or _is_primary(op)


def _is_primary(op: MigrateOperation) -> bool:
    return isinstance(op, DropConstraintOp) and op.constraint_type == "primary"


def phases(op: MigrateOperation, context: Context) -> NoReturn:
    """There are none.

    Raises:
        PrimaryKeyNeedsWindow: Always.
    """
    table = context.tables.get(table_of(op))
    columns = [column.name for column in table.primary_key] if table is not None else []
    raise PrimaryKeyNeedsWindow(
        table=table_of(op),
        cost=cost(op, context),
        change=f"it was ({', '.join(primary_key(op, context)) or '...'})"
        f" and is to be ({', '.join(columns) or '...'})",
        columns=", ".join(f'"{name}"' for name in columns) or "...",
    )
