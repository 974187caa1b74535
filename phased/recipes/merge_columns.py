"""Merge several columns into one, or turn several into several others.

**Why.** The running release reads and writes the several columns while the new release reads and
writes the one. A trigger keeps both in step; the new column says how it is made (``up``) and how
each old one is made from it (``down``, in the order of the old columns)::

    name: Mapped[str] = mapped_column(info=converted_from(
        "first", "last",
        up="concat_ws(' ', first, last)",
        down=("split_part(name, ' ', 1)", "split_part(name, ' ', 2)")))

What the merged value cannot give back is said before anything runs, with a few of the rows.

Source: https://www.postgresql.org/docs/current/sql-createtrigger.html

Bad::

    def expand() -> None:
        op.drop_column("users", "first")
        op.drop_column("users", "last")

Good::

    def expand() -> None:
        op.add_column("users", sa.Column("name", sa.Text(), nullable=True))
        op.sync_columns(
            "users",
            old=("first", "last"),
            new="name",
            up="concat_ws(' ', first, last)",
            down=("split_part(name, ' ', 1)", "split_part(name, ' ', 2)"),
        )

    def backfill() -> None:
        op.backfill("users", {"name": "concat_ws(' ', first, last)"})

    def contract() -> None:
        op.unsync_columns("users", old=("first", "last"), new="name")
        op.drop_column("users", "first")
        op.drop_column("users", "last")
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from phased.succeeding import begun
from phased.succession import SucceedOp

if TYPE_CHECKING:
    from phased.recipe import Context, Phases

HANDLES = (SucceedOp,)


def applies(op: SucceedOp, context: Context) -> bool:
    """Several columns for one, or for several others."""
    del context
    return len(op.old) > 1 and op.up is not None


def phases(op: SucceedOp, context: Context) -> Phases:
    """The new beside the old, in step."""
    return begun(op, context)
