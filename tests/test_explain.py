from __future__ import annotations

import pytest

from phased import recipes, rules
from phased.discovery import modules
from phased.errors.judgement import UnknownName
from phased.explain import explain, names


def test_every_recipe_and_rule_has_a_name() -> None:
    found = {
        module.__name__.rpartition(".")[2]
        for folder in (recipes, rules)
        for module in modules(folder)
    }
    assert set(names()) == found | {"waiver"}
    assert names() == sorted(names())


@pytest.mark.parametrize("name", names())
def test_every_name_is_explained(name: str) -> None:
    assert len(explain(name).splitlines()) > 5


def test_the_text_is_the_docstring() -> None:
    text = explain("cascade")
    assert text.startswith("A DROP or TRUNCATE with CASCADE.\n\n**Why.** CASCADE drops")
    assert "\nBad::\n\n    def contract() -> None:\n" in text


def test_a_near_miss_is_guessed() -> None:
    with pytest.raises(UnknownName) as caught:
        explain("index-without-concurently")
    assert caught.value.exit_code == 2
    assert str(caught.value).startswith(
        "There is no recipe and no rule named 'index-without-concurently'. "
        "Did you mean index_without_concurrently?\n"
    )


def test_a_wild_name_is_not() -> None:
    with pytest.raises(UnknownName) as caught:
        explain("zzzz")
    assert str(caught.value) == (
        "There is no recipe and no rule named 'zzzz'.\n"
        "To see all names, type:\n\n    phased explain"
    )
