from __future__ import annotations

from alembic.operations import ops
from rolling import sql

from phased.recipe import Context
from phased.recipes import drop_exclusion

OP = ops.DropConstraintOp("ex Order", "Order", type_="exclude", schema="Sales")


def test_it_relaxes() -> None:
    assert drop_exclusion.applies(OP, Context())
    assert sql(drop_exclusion.phases(OP, Context())) == {
        "expand": ['ALTER TABLE "Sales"."Order" DROP CONSTRAINT "ex Order"']
    }


def test_it_goes_with_its_table() -> None:
    context = Context(dropped=frozenset({'"Sales"."Order"'}))
    assert sql(drop_exclusion.phases(OP, context)) == {}
