"""Refuse to change the expression of a generated column, to add or to take away its generation.

**Why.** SET EXPRESSION (17 and later) writes the whole table of a STORED column anew under ACCESS
EXCLUSIVE; before 17 there is no such statement. An ordinary column does not become a generated one
at all.

Source: https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-SET-EXPRESSION

Bad::

    def expand() -> None:
        op.execute("ALTER TABLE users ALTER COLUMN name SET EXPRESSION AS (first || ' ' || last)")

Good::

    name_v2: Mapped[str] = mapped_column(info=filled_by("first || ' ' || last"))
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from phased.errors.changes import GeneratedChange
from phased.operations.change_generated import ChangeGeneratedOp
from phased.recipe import attribute, cost, table_of

if TYPE_CHECKING:
    from phased.recipe import Context

HANDLES = (ChangeGeneratedOp,)


def applies(op: ChangeGeneratedOp, context: Context) -> bool:
    """Every change of how a column is generated."""
    del op, context
    return True


def phases(op: ChangeGeneratedOp, context: Context) -> NoReturn:
    """There are none.

    Raises:
        GeneratedChange: Always.
    """
    old, new = op.old or "an ordinary column", op.new or "an ordinary column"
    raise GeneratedChange(
        table=table_of(op),
        column=op.column_name,
        attribute=attribute(op, op.column_name, context),
        change=f"{old} becomes {new}",
        expression=_expression(op.new),
        cost=cost(op, context),
    )


def _expression(generation: str | None) -> str:
    """What stands between AS ( and its closing parenthesis."""
    if generation is None:
        return "..."
    return generation[generation.index("(") + 1 : generation.rindex(")")]
