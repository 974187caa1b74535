"""Generated columns: SET EXPRESSION rewrites where values are stored."""

from __future__ import annotations

from pricing import AE, assert_price, database

SET = "ALTER TABLE posts ALTER n SET EXPRESSION AS (id * 3)"


def test_set_without_a_database() -> None:
    assert_price(SET, kind="ALTER TABLE", locks={"posts": AE}, scans="posts", rewrites="posts")


def test_set_of_a_virtual_column() -> None:
    facts = database("CREATE TABLE posts (id int, n int GENERATED ALWAYS AS (id * 2) VIRTUAL)")
    assert_price(SET, facts, kind="ALTER TABLE", locks={"posts": AE})


def test_drop() -> None:
    assert_price(
        "ALTER TABLE posts ALTER n DROP EXPRESSION", kind="ALTER TABLE", locks={"posts": AE}
    )
