from __future__ import annotations

import inspect
import re
import textwrap
from typing import TYPE_CHECKING

import pytest
from judging import KNOWN, UNKNOWN, plan_of

from phased import rules
from phased.discovery import modules
from phased.lint import judge, name
from phased.model import Severity

if TYPE_CHECKING:
    from types import ModuleType

    from phased.fact import Facts

RULES = modules(rules)
LINK = re.compile(r"^Source: https://www\.postgresql\.org/docs/current/\S+$", re.MULTILINE)
FILE = re.compile(r"^# (\w+)\.py.*$", re.MULTILINE)


def example(rule: ModuleType, title: str) -> str:
    found = re.search(
        rf"^{title}::\n\n((?:    .*\n|\n)+)", f"{inspect.getdoc(rule)}\n", re.MULTILINE
    )
    assert found, f"{name(rule)} shows no {title}"
    return textwrap.dedent(found[1])


def findings(code: str, facts: Facts) -> list[str]:
    files = FILE.split(code)
    named = list(zip(files[1::2], files[2::2], strict=True)) or [("1a2b", code)]
    plans = [plan_of(text, revision, facts) for revision, text in named]
    return [finding.rule for finding in judge(plans, facts)]


def test_there_are_rules() -> None:
    assert len(RULES) > 10


@pytest.mark.parametrize("rule", RULES, ids=name)
def test_bad_gives_exactly_this_finding(rule: ModuleType) -> None:
    assert findings(example(rule, "Bad"), KNOWN) == [name(rule)]


@pytest.mark.parametrize("facts", [KNOWN, UNKNOWN], ids=["known", "unknown"])
@pytest.mark.parametrize("rule", RULES, ids=name)
def test_good_gives_none(rule: ModuleType, facts: Facts) -> None:
    assert findings(example(rule, "Good"), facts) == []


@pytest.mark.parametrize("rule", RULES, ids=name)
def test_docstring_says_why_and_links_the_documentation(rule: ModuleType) -> None:
    docstring = inspect.getdoc(rule) or ""
    assert "**Why.** " in docstring
    assert re.search(
        r"^Source: https://www\.postgresql\.org/docs/current/\S+$", docstring, re.MULTILINE
    )


@pytest.mark.parametrize("rule", RULES, ids=name)
def test_severity_is_one(rule: ModuleType) -> None:
    assert getattr(rule, "SEVERITY", Severity.ERROR) in Severity
