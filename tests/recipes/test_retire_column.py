from __future__ import annotations

import pytest
from rolling import sql, written
from successions import EVERY, MERGED, RENAMED, ending

from phased.autogenerate import RECIPES
from phased.recipe import Context, recipe_for
from phased.recipes import retire_column

DROP = 'ALTER TABLE "Sales"."Order" DROP COLUMN'


def test_the_trigger_goes_before_the_column_it_names() -> None:
    assert written(retire_column.phases(ending(RENAMED), Context())) == {
        "contract": [
            "op.unsync_columns('Order', old='userName', new='user name', schema='Sales')",
            "op.drop_column('Order', 'userName', schema='Sales')",
        ]
    }


def test_several_columns_go() -> None:
    found = sql(retire_column.phases(ending(MERGED), Context()))["contract"]
    assert found[-2:] == [f'{DROP} "First"', f"{DROP} last"]
    assert not any("DROP COLUMN" in statement for statement in found[:-2])


@pytest.mark.parametrize("name", EVERY)
def test_it_is_the_one_recipe_for_the_end(name: str) -> None:
    for op in EVERY[name]:
        assert recipe_for(ending(op), Context(), RECIPES) is retire_column
