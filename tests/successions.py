"""Old and new columns of a table with the hardest names, as autogenerate hands them to a recipe."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic.operations import ops

from phased.succession import RetireOp, SucceedOp

SCHEMA, TABLE = "Sales", "Order"


def dropped(name: str, kind: Any = sa.Text, **options: Any) -> ops.DropColumnOp:
    """A column that leaves the models."""
    column: sa.Column[Any] = sa.Column(name, kind, **options)
    sa.Table(TABLE, sa.MetaData(), column, schema=SCHEMA)
    return ops.DropColumnOp.from_column_and_tablename(SCHEMA, TABLE, column)


def added(name: str, kind: Any = sa.Text, **options: Any) -> ops.AddColumnOp:
    """A column that comes."""
    return ops.AddColumnOp(TABLE, sa.Column(name, kind, **options), schema=SCHEMA)


NAME = ("split_part(\"Name\", ' ', 1)", "split_part(\"Name\", ' ', 2)")
WHOLE = "concat_ws(' ', \"First\", last)"
RENAMED = SucceedOp([dropped("userName")], [added("user name")])
CONVERTED = SucceedOp(
    [dropped("Amount")],
    [added("amount_v2", sa.Integer)],
    ['"Amount"::integer'],
    ["amount_v2::text"],
)
SPLIT = SucceedOp([dropped("Name")], [added("First"), added("last")], NAME, [WHOLE])
MERGED = SucceedOp([dropped("First"), dropped("last")], [added("Name")], [WHOLE], NAME)
REDIVIDED = SucceedOp(
    [dropped("a"), dropped("b")], [added("c"), added("d")], ["a || b", "b"], ["d", "c"]
)
EVERY = {
    "rename_column": (RENAMED,),
    "convert_column": (CONVERTED,),
    "split_column": (SPLIT,),
    "merge_columns": (MERGED, REDIVIDED),
}


def ending(op: SucceedOp) -> RetireOp:
    """The other end of a succession."""
    return RetireOp(op.drops, op.adds, op.up, op.down)
