"""Refuse to change the expression of a generated column, to add or to take away its generation.

SET EXPRESSION (17 and later) writes a STORED column's whole table anew under ACCESS EXCLUSIVE; before
there is no statement for it. An ordinary column does not become a generated one at all.

https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-SET-EXPRESSION

Bad::

    op.execute("ALTER TABLE users ALTER COLUMN name SET EXPRESSION AS (first || ' ' || last)")

Good::

    name_v2: Mapped[str] = mapped_column(info=filled_by("first || ' ' || last"))
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from alembic.operations.ops import AlterColumnOp
from sqlalchemy import Computed

from phased.errors.models import GeneratedChange
from phased.recipe import cost, model_column, table_of

if TYPE_CHECKING:
    from phased.recipe import Context

HANDLES = (AlterColumnOp,)


def applies(op: AlterColumnOp, context: Context) -> bool:
    """The default is or was a generation expression."""
    del context
    if op.modify_server_default is False:
        return False
    return isinstance(op.modify_server_default, Computed) or isinstance(
        op.existing_server_default, Computed
    )


def phases(op: AlterColumnOp, context: Context) -> NoReturn:
    """There are none.

    Raises:
        GeneratedChange: Always.
    """
    column = model_column(op, op.column_name, context)
    old, new = _shown(op.existing_server_default), _shown(op.modify_server_default)
    raise GeneratedChange(
        table=table_of(op),
        column=op.column_name,
        attribute=op.column_name if column is None else column.key,
        change=f"{old} becomes {new}",
        expression=new if isinstance(op.modify_server_default, Computed) else "...",
        cost=cost(op, context),
    )


def _shown(default: object) -> str:
    return str(default.sqltext) if isinstance(default, Computed) else "an ordinary column"
