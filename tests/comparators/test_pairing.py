from __future__ import annotations

import pytest

from phased.pairing import Differences, Modelled, differences

CASES = {
    "nothing": ([("a", "x")], {"a": "x"}, ((), (), ())),
    "removed": ([], {"b": "x", "a": "x"}, (("a", "b"), (), ())),
    "changed": ([("a", "x")], {"a": "y"}, ((), (("a", 0),), ())),
    "added": ([("a", "x")], {}, ((), (), (0,))),
    "refused by the server": ([("a", None)], {"a": "x"}, ((), (("a", 0),), ())),
    "renamed": ([("b", "x")], {"a": "x"}, (("a",), (), (0,))),
    "unnamed": ([(None, "x")], {"a_check": "x"}, ((), (), ())),
    "unnamed, changed": ([(None, "x")], {"a_check": "y"}, (("a_check",), (), (0,))),
    "unnamed twice": ([(None, "x"), (None, "x")], {"a": "x", "b": "x"}, ((), (), ())),
    "unnamed, one missing": ([(None, "x"), (None, "x")], {"a": "x"}, ((), (), (1,))),
    "a name goes before": ([(None, "x"), ("a", "x")], {"a": "x"}, ((), (), (0,))),
}


@pytest.mark.parametrize(("models", "database", "expected"), CASES.values(), ids=CASES)
def test_both_sides_are_paired(
    models: list[tuple[str | None, str | None]],
    database: dict[str, str | None],
    expected: tuple[tuple[str, ...], tuple[tuple[str, int], ...], tuple[int, ...]],
) -> None:
    modelled = [Modelled(place, name, text) for place, (name, text) in enumerate(models)]
    assert differences(modelled, database) == Differences(*expected)
