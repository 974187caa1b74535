from __future__ import annotations

import pytest

from phased.comparators.enums import changes

ADDED = {
    "last": ("ab", "abc", [("c", None)]),
    "first": ("bc", "abc", [("a", "b")]),
    "between, in order": ("ad", "abcd", [("b", "d"), ("c", "d")]),
    "everywhere": ("b", "abc", [("a", "b"), ("c", None)]),
    "to none": ("", "ab", [("a", None), ("b", None)]),
    "nothing": ("ab", "ab", []),
}


@pytest.mark.parametrize(("old", "new", "expected"), ADDED.values(), ids=ADDED)
def test_a_label_goes_where_the_models_have_it(
    old: str, new: str, expected: list[tuple[str, str | None]]
) -> None:
    found = [vars(op) for op in changes("mood", "billing", tuple(old), tuple(new))]
    assert [(op["value"], op["before"]) for op in found] == expected
    assert all((op["name"], op["schema"]) == ("mood", "billing") for op in found)


@pytest.mark.parametrize(("old", "new"), [("ab", "ba"), ("ab", "a"), ("ab", "ac"), ("ab", "bca")])
def test_what_is_no_addition_is_one_change(old: str, new: str) -> None:
    (found,) = (vars(op) for op in changes("mood", None, tuple(old), tuple(new)))
    assert (found["old"], found["new"]) == (tuple(old), tuple(new))
