from __future__ import annotations

import pytest
from rolling import written
from successions import EVERY, MERGED, REDIVIDED

from phased.recipe import Context
from phased.recipes import merge_columns


@pytest.mark.parametrize("name", EVERY)
def test_it_is_for_several_columns(name: str) -> None:
    for op in EVERY[name]:
        assert merge_columns.applies(op, Context()) == (name == "merge_columns")


def test_a_merge() -> None:
    assert written(merge_columns.phases(MERGED, Context())) == {
        "expand": [
            "op.add_column('Order', sa.Column('Name', sa.Text(), nullable=True), schema='Sales')",
            (
                "op.sync_columns(\n    'Order',\n    old=('First', 'last'),\n    new='Name',\n"
                "    up='concat_ws(\\' \\', \"First\", last)',\n"
                "    down=('split_part(\"Name\", \\' \\', 1)', "
                "'split_part(\"Name\", \\' \\', 2)'),\n    schema='Sales',\n)"
            ),
        ],
        "backfill": [
            (
                "op.backfill('Order', {'Name': 'concat_ws(\\' \\', \"First\", last)'}, "
                "schema='Sales')"
            )
        ],
    }


def test_several_for_several() -> None:
    found = written(merge_columns.phases(REDIVIDED, Context()))
    assert [text.partition(",")[0] for text in found["expand"]] == [
        "op.add_column('Order'",
        "op.add_column('Order'",
        "op.sync_columns(\n    'Order'",
    ]
    assert found["backfill"] == [
        (
            "op.backfill(\n    'Order',\n    {'c': 'a || b', 'd': 'b'},\n"
            "    where='num_nonnulls(c, d) = 0 AND num_nonnulls(a || b, b) > 0',\n"
            "    schema='Sales',\n)"
        )
    ]
