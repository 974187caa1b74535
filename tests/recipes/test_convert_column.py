from __future__ import annotations

import pytest
import sqlalchemy as sa
from rolling import written
from successions import CONVERTED, EVERY, added, dropped

from phased.errors.succession import DefaultNeedsOld
from phased.recipe import Context
from phased.recipes import convert_column
from phased.succession import SucceedOp

UP, DOWN = ['"Amount"::integer'], ["amount_v2::text"]


@pytest.mark.parametrize("name", EVERY)
def test_it_is_for_conversions(name: str) -> None:
    for op in EVERY[name]:
        assert convert_column.applies(op, Context()) == (name == "convert_column")


def test_a_conversion() -> None:
    assert written(convert_column.phases(CONVERTED, Context())) == {
        "expand": [
            (
                "op.add_column('Order', sa.Column('amount_v2', sa.Integer(), nullable=True), "
                "schema='Sales')"
            ),
            (
                "op.sync_columns(\n    'Order',\n    old='Amount',\n    new='amount_v2',\n"
                "    up='\"Amount\"::integer',\n    down='amount_v2::text',\n"
                "    schema='Sales',\n)"
            ),
        ],
        "backfill": ["op.backfill('Order', {'amount_v2': '\"Amount\"::integer'}, schema='Sales')"],
    }


def test_the_default_of_the_new_column_comes_when_old_code_is_gone() -> None:
    old, new = dropped("Amount", server_default="0"), added("amount_v2", server_default="0")
    op = SucceedOp([old], [new], UP, DOWN)
    found = written(convert_column.phases(op, Context()))
    assert len(found["expand"]) == 2
    [default] = found["contract"]
    assert default.startswith("op.alter_column('Order', 'amount_v2',")


def test_a_default_that_is_new_has_no_column_to_stand_in() -> None:
    new = added("amount_v2", sa.Integer, server_default="0")
    op = SucceedOp([dropped("Amount")], [new], UP, DOWN)
    with pytest.raises(DefaultNeedsOld) as caught:
        convert_column.phases(op, Context())
    message = str(caught.value)
    assert "amount_v2 has the default '0', and \"Amount\", which it carries on, has none" in message
    assert "Nothing was written, and the database is unchanged." in message
