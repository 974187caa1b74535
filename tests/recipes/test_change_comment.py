from __future__ import annotations

import pytest
import sqlalchemy as sa
from alembic.operations import ops
from rolling import sql

from phased.recipe import Context
from phased.recipes import change_comment

COMMENT = 'it\'s 100% a: b \\ "c"'
LITERAL = COMMENT.replace("'", "''")


def column(comment: str | None, schema: str | None = None) -> ops.AlterColumnOp:
    return ops.AlterColumnOp(
        "Order",
        "userId",
        schema=schema,
        existing_type=sa.Integer(),
        existing_comment="old",
        modify_comment=comment,
    )


@pytest.mark.parametrize(("schema", "prefix"), [(None, ""), ("Sales", '"Sales".')])
def test_of_a_column(schema: str | None, prefix: str) -> None:
    assert sql(change_comment.phases(column(COMMENT, schema), Context())) == {
        "expand": [f'COMMENT ON COLUMN {prefix}"Order"."userId" IS \'{LITERAL}\'']
    }
    assert sql(change_comment.phases(column(None, schema), Context())) == {
        "expand": [f'COMMENT ON COLUMN {prefix}"Order"."userId" IS NULL']
    }


@pytest.mark.parametrize(("schema", "prefix"), [(None, ""), ("Sales", '"Sales".')])
def test_of_a_table(schema: str | None, prefix: str) -> None:
    create = ops.CreateTableCommentOp("Order", COMMENT, schema=schema)
    drop = ops.DropTableCommentOp("Order", schema=schema)
    assert sql(change_comment.phases(create, Context())) == {
        "expand": [f"COMMENT ON TABLE {prefix}\"Order\" IS '{LITERAL}'"]
    }
    assert sql(change_comment.phases(drop, Context())) == {
        "expand": [f'COMMENT ON TABLE {prefix}"Order" IS NULL']
    }


def test_a_column_that_changes_in_another_way_too_is_not_its_business() -> None:
    assert change_comment.applies(column("new"), Context())
    for op in (
        ops.AlterColumnOp("a", "b", modify_comment="c", modify_nullable=False),
        ops.AlterColumnOp("a", "b", modify_comment="c", modify_server_default=None),
        ops.AlterColumnOp("a", "b", modify_nullable=False),
    ):
        assert not change_comment.applies(op, Context())
