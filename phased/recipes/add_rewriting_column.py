"""Refuse a column that makes PostgreSQL write the whole table anew.

**Why.** For an identity, a STORED generated column and a domain with a constraint every row is
written anew, while ACCESS EXCLUSIVE keeps everybody out.

Source: https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES

Bad::

    def expand() -> None:
        op.add_column("users", sa.Column("n", sa.BigInteger(), sa.Identity(), nullable=False))

Good::

    n: Mapped[int] = mapped_column(
        BigInteger, Sequence("users_n_seq"), server_default=text("nextval('users_n_seq')")
    )
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from alembic.operations.ops import AddColumnOp

from phased.errors.changes import AddingRewritesTable
from phased.filling import Way, kind_that_rewrites, way
from phased.recipe import cost, table_of

if TYPE_CHECKING:
    from phased.recipe import Context

HANDLES = (AddColumnOp,)
ADVICE = {
    "identity": (
        "Give it a sequence of its own as the default; the rows that are there are numbered in "
        "batches:\n\n"
        '    {attribute}: Mapped[int] = mapped_column(\n        Sequence("{sequence}"), '
        "server_default=text(\"nextval('{sequence}')\")\n    )\n"
    ),
    "constrained domain": (
        "Give it the type beneath the domain, with a CHECK of its own:\n\n"
        "    {attribute}: Mapped[...] = mapped_column(...)\n"
        '    __table_args__ = (CheckConstraint("...", name="{column}"),)\n'
    ),
}
GENERATED = (
    "Add an ordinary column that is filled by the expression, and let new code write it:\n\n"
    '    {attribute}: Mapped[...] = mapped_column(..., info=filled_by("{expression}"))\n'
)


def applies(op: AddColumnOp, context: Context) -> bool:
    """Its kind is one of those."""
    return way(op.column, context.facts) is Way.REWRITES


def phases(op: AddColumnOp, context: Context) -> NoReturn:
    """There are none.

    Raises:
        AddingRewritesTable: Always.
    """
    column, kind = op.column, str(kind_that_rewrites(op.column, context.facts))
    advice = ADVICE.get(kind, GENERATED).format(
        attribute=column.key,
        column=column.name,
        sequence=f"{op.table_name}_{column.name}_seq",
        expression=getattr(column.server_default, "sqltext", "..."),
    )
    raise AddingRewritesTable(
        table=table_of(op),
        column=column.name,
        kind=kind,
        cost=cost(op, context),
        advice=advice,
    )
