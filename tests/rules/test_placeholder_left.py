from __future__ import annotations

from dataclasses import replace

from judging import KNOWN, assert_safe, assert_unsafe, judged, plan_of

from phased.lint import judge
from phased.naming import PLACEHOLDER

RULE = "placeholder_left"
FILE = f"""
def backfill():
    op.backfill("users", {{"locale": "{PLACEHOLDER}"}})
"""


def test_message_shows_the_line() -> None:
    assert assert_unsafe(RULE, FILE) == (
        "Line 9 still has FILL_ME_IN. Write what belongs there instead:\n\n"
        '    op.backfill("users", {"locale": "FILL_ME_IN"})'
    )


def test_the_line_and_the_phase_are_those_of_the_file() -> None:
    (found,) = judged(FILE)
    assert (found.line, found.phase.word) == (9, "backfill")


def test_it_is_never_right_on_an_empty_database_either() -> None:
    assert_unsafe(RULE, FILE, fresh=True)


def test_in_sql_that_does_not_stand_in_the_file() -> None:
    plan = replace(plan_of(FILE), source="")
    (found,) = judge([plan], KNOWN)
    assert found.rule == RULE
    assert found.message.startswith("The statement still has FILL_ME_IN.")


def test_a_comment_may_speak_of_it() -> None:
    assert_safe(f"def expand():\n    pass  # was {PLACEHOLDER}\n")
