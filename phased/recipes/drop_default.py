"""Drop the server default of a column.

**Why.** Old code may leave the column out of its INSERTs and rely on the default: without it they
fail where the column is NOT NULL, and store NULL where it is not. New code names the column and
does not notice the default. So it is dropped in *contract*. The lock is ACCESS EXCLUSIVE and short;
no row is read or written.

Source: https://www.postgresql.org/docs/current/ddl-alter.html#DDL-ALTER-COLUMN-DEFAULT

Bad::

    def expand() -> None:
        op.alter_column("users", "locale", server_default=None)

Good::

    def contract() -> None:
        op.alter_column("users", "locale", server_default=None)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from alembic.operations.ops import AlterColumnOp

from phased.defaults import is_change
from phased.recipe import Phases

if TYPE_CHECKING:
    from phased.recipe import Context

HANDLES = (AlterColumnOp,)


def applies(op: AlterColumnOp, context: Context) -> bool:
    """A column whose server default leaves the models."""
    del context
    return is_change(op) and op.modify_server_default is None


def phases(op: AlterColumnOp, context: Context) -> Phases:
    """In contract, nullable or not."""
    del context
    return Phases(contract=(op,))
