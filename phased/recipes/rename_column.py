"""Rename a column that releases of both names are using.

**Why.** Renamed in place, every query of the running release that names the old column fails, at
once. So the new name is a column of its own: added empty, kept in step with the old one by a
trigger in both directions, filled in batches, and the old one is dropped when no release that knows
it is left.

The rename that needs no migration at all comes first: ``mapped_column("username")`` gives the
attribute a new name and leaves the database as it is.

Say it in the model, ``info=renamed_from("username")``, or with
``alembic -x rename=users.username:handle revision --autogenerate``; on a terminal it is asked.

Source: https://www.postgresql.org/docs/current/ddl-alter.html#DDL-ALTER-RENAMING-COLUMN

Bad::

    def expand() -> None:
        op.alter_column("users", "username", new_column_name="handle")

Good::

    def expand() -> None:
        op.add_column("users", sa.Column("handle", sa.Text(), nullable=True))
        op.sync_columns("users", old="username", new="handle")

    def backfill() -> None:
        op.backfill("users", {"handle": "username"})

    def contract() -> None:
        op.unsync_columns("users", old="username", new="handle")
        op.drop_column("users", "username")
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from phased.succeeding import begun
from phased.succession import SucceedOp

if TYPE_CHECKING:
    from phased.recipe import Context, Phases

HANDLES = (SucceedOp,)


def applies(op: SucceedOp, context: Context) -> bool:
    """One column for another, its values as they are."""
    del context
    return len(op.old) == len(op.new) and op.up is None


def phases(op: SucceedOp, context: Context) -> Phases:
    """The new beside the old, in step."""
    return begun(op, context)
