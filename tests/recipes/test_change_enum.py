from __future__ import annotations

import pytest

from phased.errors.changes import EnumLabelsChange
from phased.operations.change_enum import ChangeEnumOp
from phased.recipe import Context
from phased.recipes import change_enum


@pytest.mark.parametrize(
    ("new", "said"),
    [
        (("a", "c"), "'b' is gone."),
        (("a", "x"), "'b', 'c' are gone, 'x' is new."),
        (("b", "a", "c"), "they are in another order."),
    ],
)
def test_it_says_what_changes_and_what_to_write(new: tuple[str, ...], said: str) -> None:
    op = ChangeEnumOp("mood", ("a", "b", "c"), new, schema="Sales")
    assert change_enum.applies(op, Context())
    with pytest.raises(EnumLabelsChange) as raised:
        change_enum.phases(op, Context())
    text = str(raised.value)
    assert f'"Sales".mood change: {said}' in text
    assert "Enum('a', 'b', 'c'" in text
    assert "name='mood_v2'" in text
