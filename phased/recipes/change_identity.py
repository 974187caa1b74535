"""Refuse to change how a column numbers its rows: identity, serial, or neither.

ADD GENERATED … AS IDENTITY and its relatives take ACCESS EXCLUSIVE, begin their sequence at one
whatever the table holds, and fail the running release's INSERTs between two statements.

https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-GENERATED-IDENTITY

Bad::

    op.alter_column("users", "id", server_default=sa.Identity(always=True))

Good::

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)  # as it was
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from alembic.operations.ops import AlterColumnOp
from sqlalchemy import Identity

from phased.errors.models import IdentityChange
from phased.recipe import cost, model_column, table_of

if TYPE_CHECKING:
    from phased.recipe import Context

HANDLES = (AlterColumnOp,)


def applies(op: AlterColumnOp, context: Context) -> bool:
    """The default is or was an identity."""
    del context
    if op.modify_server_default is False:
        return False
    return isinstance(op.modify_server_default, Identity) or isinstance(
        op.existing_server_default, Identity
    )


def phases(op: AlterColumnOp, context: Context) -> NoReturn:
    """There are none.

    Raises:
        IdentityChange: Always.
    """
    column = model_column(op, op.column_name, context)
    raise IdentityChange(
        table=table_of(op),
        column=op.column_name,
        attribute=op.column_name if column is None else column.key,
        change=f"{_shown(op.existing_server_default)} becomes {_shown(op.modify_server_default)}",
        existing=_shown(op.existing_server_default),
        cost=cost(op, context),
    )


def _shown(default: object) -> str:
    if not isinstance(default, Identity):
        return "no identity" if default is None or default is False else "a default"
    return f"Identity(always={bool(default.always)})"
