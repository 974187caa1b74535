from __future__ import annotations

import sqlalchemy as sa
from alembic.operations import ops
from rolling import sql

from phased.fact import Facts
from phased.recipe import Context
from phased.recipes import add_column_with_volatile_default as recipe


def test_the_default_comes_after_the_column_and_not_null_last() -> None:
    default = sa.text("gen_random_uuid()")
    column = sa.Column("token", sa.Uuid, server_default=default, nullable=False)
    op = ops.AddColumnOp("Order", column, schema="Sales")
    assert recipe.applies(op, Context())
    assert sql(recipe.phases(op, Context())) == {
        "expand": [
            'ALTER TABLE "Sales"."Order" ADD COLUMN token UUID',
            'ALTER TABLE "Sales"."Order" ALTER COLUMN token SET DEFAULT gen_random_uuid()',
        ],
        "backfill": ['UPDATE "Sales"."Order" SET token = gen_random_uuid() WHERE token IS NULL'],
        "contract": [
            (
                'ALTER TABLE "Sales"."Order" ADD CONSTRAINT "Order_token_is_not_null" '
                "CHECK (token IS NOT NULL) NOT VALID"
            ),
            'ALTER TABLE "Sales"."Order" VALIDATE CONSTRAINT "Order_token_is_not_null"',
            'ALTER TABLE "Sales"."Order" ALTER COLUMN token SET NOT NULL',
            'ALTER TABLE "Sales"."Order" DROP CONSTRAINT "Order_token_is_not_null"',
        ],
    }


def test_a_nullable_one_has_no_contract() -> None:
    op = ops.AddColumnOp("users", sa.Column("a", sa.Float, server_default=sa.text("random()")))
    assert list(sql(recipe.phases(op, Context()))) == ["expand", "backfill"]


def test_a_function_that_the_catalog_says_is_volatile() -> None:
    op = ops.AddColumnOp("users", sa.Column("a", sa.Text, server_default=sa.text("next_code()")))
    known = Facts(known=True)
    assert not recipe.applies(op, Context(known))
    assert recipe.applies(op, Context(Facts(known=True, volatile=frozenset({"next_code"}))))
