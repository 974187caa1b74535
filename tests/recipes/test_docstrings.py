from __future__ import annotations

import inspect
import re
import textwrap
from typing import TYPE_CHECKING

import pytest
from judging import UNKNOWN, plan_of

from phased import recipes
from phased.discovery import modules
from phased.lint import judge, name

if TYPE_CHECKING:
    from types import ModuleType

RECIPES = modules(recipes)
IMPORTS = "from sqlalchemy.dialects import postgresql\n\n"
FUNCTION = re.compile(r"^def (?:expand|backfill|contract)\(", re.MULTILINE)
LINK = re.compile(r"https://www\.postgresql\.org/docs/current/\S+$", re.MULTILINE)


def example(recipe: ModuleType, title: str) -> str:
    docstring = f"{inspect.getdoc(recipe)}\n"
    found = re.search(rf"^{title}::\n\n((?:    .*\n|\n)+)", docstring, re.MULTILINE)
    assert found, f"{name(recipe)} shows no {title}"
    return textwrap.dedent(found[1])


@pytest.mark.parametrize("recipe", RECIPES, ids=name)
def test_it_links_the_documentation(recipe: ModuleType) -> None:
    assert LINK.search(inspect.getdoc(recipe) or "")


@pytest.mark.parametrize("recipe", RECIPES, ids=name)
def test_good_breaks_no_rule(recipe: ModuleType) -> None:
    code = example(recipe, "Good")
    if FUNCTION.search(code):
        found = judge([plan_of(IMPORTS + code, facts=UNKNOWN)], UNKNOWN)
        assert [(each.rule, each.message) for each in found] == []


@pytest.mark.parametrize("recipe", RECIPES, ids=name)
def test_bad_is_code_that_runs(recipe: ModuleType) -> None:
    code = example(recipe, "Bad")
    if FUNCTION.search(code):
        assert plan_of(IMPORTS + code, facts=UNKNOWN).steps
