from __future__ import annotations

import sqlalchemy as sa
from alembic.operations import ops
from rolling import sql

from phased.recipe import Context
from phased.recipes import drop_default


def test_old_code_relies_on_it_nullable_or_not() -> None:
    for nullable in (True, False):
        op = ops.AlterColumnOp(
            "Order",
            "userId",
            schema="Sales",
            existing_type=sa.Integer(),
            existing_nullable=nullable,
            existing_server_default=sa.DefaultClause("1"),
            modify_server_default=None,
        )
        assert drop_default.applies(op, Context())
        assert sql(drop_default.phases(op, Context())) == {
            "contract": ['ALTER TABLE "Sales"."Order" ALTER COLUMN "userId" DROP DEFAULT']
        }


def test_identity_is_no_default() -> None:
    op = ops.AlterColumnOp(
        "users", "id", existing_server_default=sa.Identity(), modify_server_default=None
    )
    assert not drop_default.applies(op, Context())
