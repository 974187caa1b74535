"""Refuse to change how a column numbers its rows: identity, serial, or neither.

**Why.** ADD GENERATED … AS IDENTITY and its relatives take ACCESS EXCLUSIVE, begin their sequence
at one whatever the table holds, and fail the running release's INSERTs between two statements.

Source: https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-GENERATED-IDENTITY

Bad::

    def expand() -> None:
        op.alter_column("users", "id", server_default=sa.Identity(always=True))

Good::

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)  # as it was
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from phased.errors.changes import IdentityChange
from phased.operations.change_identity import ChangeIdentityOp
from phased.recipe import attribute, cost, table_of

if TYPE_CHECKING:
    from phased.recipe import Context

HANDLES = (ChangeIdentityOp,)


def applies(op: ChangeIdentityOp, context: Context) -> bool:
    """Every change of how a column numbers its rows."""
    del op, context
    return True


def phases(op: ChangeIdentityOp, context: Context) -> NoReturn:
    """There are none.

    Raises:
        IdentityChange: Always.
    """
    old, new = op.old or "an ordinary column", op.new or "an ordinary column"
    raise IdentityChange(
        table=table_of(op),
        column=op.column_name,
        attribute=attribute(op, op.column_name, context),
        change=f"{old} becomes {new}",
        existing="Identity()" if op.old and "IDENTITY" in op.old else "...",
        cost=cost(op, context),
    )
