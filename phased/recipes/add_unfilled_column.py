"""Refuse a NOT NULL column that nothing gives a value.

**Why.** The rows that are there would have none, and the running release's INSERTs, which do not
name the column, would fail. A Python-side ``default=`` reaches neither. The model has to say what
they get.

Source: https://www.postgresql.org/docs/current/ddl-alter.html#DDL-ALTER-ADDING-A-COLUMN

Bad::

    slug: Mapped[str]

Good::

    slug: Mapped[str] = mapped_column(info=filled_by("lower(username)"))
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

from alembic.operations.ops import AddColumnOp
from sqlalchemy import types

from phased.errors.models import NeedsFilledBy
from phased.filling import Way, way
from phased.recipe import cost, table_of

if TYPE_CHECKING:
    from sqlalchemy.types import TypeEngine

    from phased.recipe import Context

HANDLES = (AddColumnOp,)
EXAMPLES: tuple[tuple[type[TypeEngine[Any]], str], ...] = (
    (types.Boolean, "false"),
    (types.Integer, "0"),
    (types.Numeric, "0"),
    (types.DateTime, "now()"),
    (types.Date, "current_date"),
    (types.Uuid, "gen_random_uuid()"),
)


def applies(op: AddColumnOp, context: Context) -> bool:
    """Neither a default nor a hint."""
    return way(op.column, context.facts) is Way.UNFILLED


def phases(op: AddColumnOp, context: Context) -> NoReturn:
    """There are none.

    Raises:
        NeedsFilledBy: Always.
    """
    raise NeedsFilledBy(
        table=table_of(op),
        column=op.column.name,
        attribute=op.column.key,
        cost=cost(op, context),
        example=_example(op.column.type),
    )


def _example(held: TypeEngine[Any]) -> str:
    if isinstance(held, types.Enum) and held.enums:
        return f"'{held.enums[0]}'"
    return next((text for kind, text in EXAMPLES if isinstance(held, kind)), "'...'")
