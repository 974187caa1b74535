"""Set the server default of a column, or change it.

**Why.** A default is for the INSERTs that do not name the column, and old code may be the one that
leaves it out. A default where there was none is *expand*: such an INSERT got NULL, or failed. A
default in the place of another changes what old code's rows hold, so it is *contract*; until then
the new release writes the column itself, or lives with the old default. Rows that are there keep
their values: SET DEFAULT reads and writes none.

Source: https://www.postgresql.org/docs/current/ddl-alter.html#DDL-ALTER-COLUMN-DEFAULT

Bad::

    def expand() -> None:  # was 'en'
        op.alter_column("users", "locale", server_default="de")

Good::

    def contract() -> None:
        op.alter_column("users", "locale", server_default="de")
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from alembic.operations.ops import AlterColumnOp

from phased.defaults import exactly, is_change
from phased.recipe import Phases

if TYPE_CHECKING:
    from phased.recipe import Context

HANDLES = (AlterColumnOp,)


def applies(op: AlterColumnOp, context: Context) -> bool:
    """A column whose server default is another now."""
    del context
    return is_change(op) and op.modify_server_default is not None


def phases(op: AlterColumnOp, context: Context) -> Phases:
    """In expand where there was none; else old code relies on it."""
    del context
    if op.existing_server_default in (None, False):
        return Phases(expand=(exactly(op),))
    return Phases(contract=(exactly(op),))
