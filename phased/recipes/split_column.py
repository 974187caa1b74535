"""Split one column into several.

**Why.** The running release reads and writes the one column while the new release reads and writes
the several. A trigger keeps both in step; each new column says how it is made (``up``), and one of
them says how the old one is made from all of them (``down``)::

    first: Mapped[str] = mapped_column(info=converted_from(
        "name", up="split_part(name, ' ', 1)", down="concat_ws(' ', first, last)"))
    last: Mapped[str] = mapped_column(info=converted_from(
        "name", up="substr(name, strpos(name || ' ', ' ') + 1)"))

A row is filled while all of the new columns are NULL and `up` makes something of it: what new code
left NULL in one of them stays NULL.

Source: https://www.postgresql.org/docs/current/sql-createtrigger.html

Bad::

    def expand() -> None:
        op.drop_column("users", "name")

Good::

    def expand() -> None:
        op.add_column("users", sa.Column("first", sa.Text(), nullable=True))
        op.add_column("users", sa.Column("last", sa.Text(), nullable=True))
        op.sync_columns(
            "users",
            old="name",
            new=("first", "last"),
            up=("split_part(name, ' ', 1)", "split_part(name, ' ', 2)"),
            down="concat_ws(' ', first, last)",
        )

    def backfill() -> None:
        op.backfill(
            "users",
            {"first": "split_part(name, ' ', 1)", "last": "split_part(name, ' ', 2)"},
            where="num_nonnulls(first, last) = 0 AND num_nonnulls("
            "split_part(name, ' ', 1), split_part(name, ' ', 2)) > 0",
        )

    def contract() -> None:
        op.unsync_columns("users", old="name", new=("first", "last"))
        op.drop_column("users", "name")
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from phased.succeeding import begun
from phased.succession import SucceedOp

if TYPE_CHECKING:
    from phased.recipe import Context, Phases

HANDLES = (SucceedOp,)


def applies(op: SucceedOp, context: Context) -> bool:
    """One column for several."""
    del context
    return len(op.old) == 1 and len(op.new) > 1


def phases(op: SucceedOp, context: Context) -> Phases:
    """The new beside the old, in step."""
    return begun(op, context)
