"""A fingerprint is about what a text says, not about how it is laid out."""

from __future__ import annotations

import pytest

from phased.statements import fingerprint

ONE = "ALTER TABLE posts ADD COLUMN slug text DEFAULT 'x'"


@pytest.mark.parametrize(
    "same",
    [
        "alter table posts add column slug text default 'x'",
        "ALTER TABLE posts\n  ADD COLUMN slug text -- why\n  DEFAULT 'x'",
        "/* because */ ALTER TABLE posts ADD COLUMN slug text DEFAULT 'x'",
    ],
)
def test_layout_comments_and_case_of_keywords_do_not_count(same: str) -> None:
    assert fingerprint(same) == fingerprint(ONE)


@pytest.mark.parametrize(
    "other",
    [
        "ALTER TABLE posts ADD COLUMN slug text DEFAULT 'X'",
        "ALTER TABLE posts ADD COLUMN slug text DEFAULT 'y'",
        "ALTER TABLE \"Posts\" ADD COLUMN slug text DEFAULT 'x'",
        "ALTER TABLE posts ADD COLUMN slug varchar DEFAULT 'x'",
        "ALTER TABLE posts ADD COLUMN slug text",
    ],
)
def test_names_literals_and_words_count(other: str) -> None:
    assert fingerprint(other) != fingerprint(ONE)


def test_it_stays_the_same_between_releases() -> None:
    assert fingerprint("SELECT 1") == (
        "c3067249e767f5367c1ed74d45f7344ad0387533e9d7864871141238183e52f3"
    )
