from __future__ import annotations

import pytest
from rolling import written
from successions import EVERY, NAME, SPLIT, WHOLE, added, dropped

from phased.recipe import Context
from phased.recipes import split_column
from phased.succession import SucceedOp


@pytest.mark.parametrize("name", EVERY)
def test_it_is_for_one_column_that_becomes_several(name: str) -> None:
    for op in EVERY[name]:
        assert split_column.applies(op, Context()) == (name == "split_column")


def test_a_split() -> None:
    assert written(split_column.phases(SPLIT, Context())) == {
        "expand": [
            (
                "op.add_column('Order', sa.Column('First', sa.Text(), nullable=True), "
                "schema='Sales')"
            ),
            "op.add_column('Order', sa.Column('last', sa.Text(), nullable=True), schema='Sales')",
            (
                "op.sync_columns(\n    'Order',\n    old='Name',\n    new=('First', 'last'),\n"
                "    up=('split_part(\"Name\", \\' \\', 1)', 'split_part(\"Name\", \\' \\', 2)'),\n"
                "    down='concat_ws(\\' \\', \"First\", last)',\n    schema='Sales',\n)"
            ),
        ],
        "backfill": [
            (
                "op.backfill(\n    'Order',\n"
                "    {'First': 'split_part(\"Name\", \\' \\', 1)', "
                "'last': 'split_part(\"Name\", \\' \\', 2)'},\n"
                '    where=\'num_nonnulls("First", last) = 0 AND '
                "num_nonnulls(split_part(\"Name\", \\' \\', 1), "
                "split_part(\"Name\", \\' \\', 2)) > 0',\n"
                "    schema='Sales',\n)"
            )
        ],
    }


def test_only_what_the_models_want_is_not_null() -> None:
    first, last = added("First", nullable=False), added("last")
    op = SucceedOp([dropped("Name", nullable=False)], [first, last], NAME, [WHOLE])
    contract = written(split_column.phases(op, Context()))["contract"]
    assert [text.partition("(")[0] for text in contract] == [
        "op.create_check_constraint",
        "op.validate_constraint",
        "op.alter_column",
        "op.drop_constraint",
    ]
    assert all("last" not in text for text in contract)
