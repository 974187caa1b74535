from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic.operations import ops
from rolling import sql, written

from phased.fact import Facts, RelationFacts
from phased.hints import filled_by
from phased.recipe import Context
from phased.recipes import drop_not_null, set_not_null

NOT_NULL = [
    (
        'ALTER TABLE "Order" ADD CONSTRAINT "Order_userId_is_not_null" '
        'CHECK ("userId" IS NOT NULL) NOT VALID'
    ),
    'ALTER TABLE "Order" VALIDATE CONSTRAINT "Order_userId_is_not_null"',
    'ALTER TABLE "Order" ALTER COLUMN "userId" SET NOT NULL',
    'ALTER TABLE "Order" DROP CONSTRAINT "Order_userId_is_not_null"',
]


def setting(**options: Any) -> tuple[ops.AlterColumnOp, Context]:
    column = sa.Column("userId", sa.Integer, nullable=False, **options)
    table = sa.Table("Order", sa.MetaData(), sa.Column("id", sa.Integer), column)
    facts = Facts(known=True, relations={'"Order"': RelationFacts(rows=12, size=1024**2)})
    op = ops.AlterColumnOp("Order", "userId", existing_type=sa.Integer(), modify_nullable=False)
    return op, Context(facts, tables={'"Order"': table})


def test_filled_by_an_expression() -> None:
    op, context = setting(info=filled_by("id"))
    found = sql(set_not_null.phases(op, context))
    assert [text.split()[1] for text in found["expand"]] == ["FUNCTION", "TRIGGER"]
    assert found["backfill"] == ['UPDATE "Order" SET "userId" = id WHERE "userId" IS NULL']
    assert found["contract"] == [
        *NOT_NULL,
        'DROP TRIGGER "~phased_fill_userId" ON "Order"',
        'DROP FUNCTION "phased_fill_Order_userId"()',
    ]


def test_filled_by_its_default() -> None:
    op, context = setting(server_default="7")
    found = sql(set_not_null.phases(op, context))
    assert found["backfill"] == ['UPDATE "Order" SET "userId" = \'7\' WHERE "userId" IS NULL']


def test_without_a_way_to_fill_it_the_contract_says_when_it_stops() -> None:
    op, context = setting()
    phases = set_not_null.phases(op, context)
    assert sql(phases) == {"contract": NOT_NULL}
    remark = written(phases)["contract"][0].replace("\n# ", " ")
    assert 'SELECT count(*) FROM "Order" WHERE "userId" IS NULL' in remark
    assert "12 rows" in remark


def test_which_way() -> None:
    op, context = setting()
    assert set_not_null.applies(op, context)
    assert not drop_not_null.applies(op, context)


def test_drop_not_null_is_expand() -> None:
    op = ops.AlterColumnOp(
        "Order", "userId", schema="Sales", existing_type=sa.Integer(), modify_nullable=True
    )
    assert drop_not_null.applies(op, Context())
    assert not set_not_null.applies(op, Context())
    phases = drop_not_null.phases(op, Context())
    assert sql(phases) == {
        "expand": ['ALTER TABLE "Sales"."Order" ALTER COLUMN "userId" DROP NOT NULL']
    }
