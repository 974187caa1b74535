from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from alembic.operations import ops
from rolling import sql

from phased.fact import Facts, IndexFacts, RelationFacts
from phased.recipe import Context
from phased.recipes import drop_column

DROP = 'ALTER TABLE "Sales"."Order" DROP COLUMN "userId"'
ALTER = 'ALTER TABLE "Sales"."Order" ALTER COLUMN "userId"'


def dropping(*arguments: Any, **options: Any) -> ops.DropColumnOp:
    column = sa.Column("userId", sa.Integer, *arguments, **options)
    sa.Table("Order", sa.MetaData(), column, schema="Sales")
    return ops.DropColumnOp.from_column_and_tablename("Sales", "Order", column)


def unique(*columns: str) -> Context:
    index = IndexFacts('"Sales"."Order"', columns, unique=True)
    order = RelationFacts(indexes={"uq": index})
    return Context(Facts(known=True, relations={'"Sales"."Order"': order}))


@pytest.mark.parametrize(
    ("op", "context", "expand"),
    [
        (dropping(), Context(), []),
        (dropping(nullable=False), Context(), [f"{ALTER} DROP NOT NULL"]),
        (dropping(nullable=False, server_default="1"), Context(), []),
        (dropping(nullable=False, server_default="1"), unique("userId"), []),
        (
            dropping(nullable=False, server_default="1"),
            unique("tenant", "userId"),
            [f"{ALTER} DROP DEFAULT", f"{ALTER} DROP NOT NULL"],
        ),
        (dropping(server_default="1"), unique("tenant", "userId"), [f"{ALTER} DROP DEFAULT"]),
        (dropping(sa.Identity(), nullable=False), Context(), []),
        (dropping(sa.Computed("1", persisted=True), nullable=False), Context(), []),
    ],
    ids=[
        "nullable",
        "not null",
        "default",
        "unique alone",
        "unique with another",
        "nullable, unique with another",
        "identity",
        "generated",
    ],
)
def test_new_code_does_not_name_it(
    op: ops.DropColumnOp, context: Context, expand: list[str]
) -> None:
    assert drop_column.applies(op, context)
    found = sql(drop_column.phases(op, context))
    assert found.get("expand", []) == expand
    assert found["contract"] == [DROP]
