"""Refuse a column that carries on another one under a new name or in a new form.

**Why.** Old and new code would have to write both columns all the while; that needs a trigger in
both directions, which does not exist yet. In two releases it goes without.

Source: https://www.postgresql.org/docs/current/ddl-alter.html#DDL-ALTER-RENAMING-COLUMN

Bad::

    amount: Mapped[Decimal] = mapped_column(
        "amount_v2", info=converted_from("amount", up="amount::numeric")
    )

Good::

    amount_v2: Mapped[Decimal] = mapped_column(info=filled_by("amount::numeric"))
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from alembic.operations.ops import AddColumnOp

from phased.errors.changes import HintNeedsRecipe
from phased.filling import Way, way
from phased.hints import CONVERTED_FROM, RENAMED_FROM
from phased.naming import quote
from phased.recipe import table_of

if TYPE_CHECKING:
    from phased.recipe import Context

HANDLES = (AddColumnOp,)


def applies(op: AddColumnOp, context: Context) -> bool:
    """A hint names what it was."""
    return way(op.column, context.facts) is Way.CARRIES_ON


def phases(op: AddColumnOp, context: Context) -> NoReturn:
    """There are none.

    Raises:
        HintNeedsRecipe: Always.
    """
    del context
    info = op.column.info
    converted = CONVERTED_FROM in info
    raise HintNeedsRecipe(
        hint="converted_from" if converted else "renamed_from",
        table=table_of(op),
        column=op.column.name,
        up=info[CONVERTED_FROM]["up"] if converted else quote(str(info[RENAMED_FROM])),
    )
