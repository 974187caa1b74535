"""Give a column another type through a successor.

**Why.** Most type changes write the table and its indexes anew under ACCESS EXCLUSIVE, and nobody
reads or writes meanwhile. Even those in the catalog only make prepared statements of the running
release fail with "cached plan must not change result type". So the new type is a new column: the
attribute keeps its name, ``mapped_column("amount_v2", Numeric, info=converted_from("amount"))``.

Both columns are kept in step by a trigger in both directions. ``up`` makes the new value from the
old one and ``down`` the old one from the new; between types where there is no doubt they come
filled in. Before the trigger exists both are tried on every row: a row that fails, or two that
become the same where that has to be unique, stops ``upgrade`` with nothing changed.

Until the contract what new code writes has to fit the old type too: where ``down`` rounds, the
running release reads the rounded value, and where it fails, so does the write. The other way round
the same holds for ``up``.

Source: https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-SET-DATA-TYPE

Bad::

    def expand() -> None:
        op.alter_column("invoices", "amount", type_=sa.Numeric())

Good::

    def expand() -> None:
        op.add_column("invoices", sa.Column("amount_v2", sa.Numeric(), nullable=True))
        op.sync_columns(
            "invoices", old="amount", new="amount_v2", up="amount::numeric", down="amount_v2::text"
        )

    def backfill() -> None:
        op.backfill("invoices", {"amount_v2": "amount::numeric"})

    def contract() -> None:
        op.unsync_columns("invoices", old="amount", new="amount_v2")
        op.drop_column("invoices", "amount")
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from phased.succeeding import begun
from phased.succession import SucceedOp

if TYPE_CHECKING:
    from phased.recipe import Context, Phases

HANDLES = (SucceedOp,)


def applies(op: SucceedOp, context: Context) -> bool:
    """One column for another, its values in another form."""
    del context
    return len(op.old) == len(op.new) == 1 and op.up is not None


def phases(op: SucceedOp, context: Context) -> Phases:
    """The new beside the old, in step."""
    return begun(op, context)
