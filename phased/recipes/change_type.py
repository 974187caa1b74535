"""Refuse another type for a column in place.

**Why.** Most type changes write the table and its indexes anew under ACCESS EXCLUSIVE. The few that
only change the catalog (``varchar(50)`` to ``varchar(100)``) still break the running release: a
prepared statement that selects the column fails with "cached plan must not change result type", and
psycopg prepares what runs often.

Source: https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-SET-DATA-TYPE

Bad::

    def expand() -> None:
        op.alter_column("invoices", "amount", type_=sa.Numeric())

Good::

    amount: Mapped[Decimal] = mapped_column(
        "amount_v2", Numeric, info=filled_by("amount::numeric")
    )
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from alembic.operations.ops import AlterColumnOp

from phased.dialect import dialect
from phased.errors.changes import TypeChangeNeedsSuccessor
from phased.naming import quote
from phased.recipe import attribute, cost, table_of

if TYPE_CHECKING:
    from typing import Any

    from phased.recipe import Context

HANDLES = (AlterColumnOp,)
_DIALECT = dialect()


def applies(op: AlterColumnOp, context: Context) -> bool:
    """Another type."""
    del context
    return op.modify_type is not None


def phases(op: AlterColumnOp, context: Context) -> NoReturn:
    """There are none.

    Raises:
        TypeChangeNeedsSuccessor: Always.
    """
    new = _sql(op.modify_type)
    raise TypeChangeNeedsSuccessor(
        table=table_of(op),
        column=op.column_name,
        attribute=attribute(op, op.column_name, context),
        old=_sql(op.existing_type) if op.existing_type is not None else "another type",
        new=new,
        cost=cost(op, context),
        successor=f"{op.column_name}_v2",
        sa_type=repr(op.modify_type),
        up=f"{quote(op.column_name)}::{new.lower()}",
    )


def _sql(held: Any) -> str:
    return str(held.compile(dialect=_DIALECT))
