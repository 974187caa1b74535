"""DROP INDEX loses no data."""

from __future__ import annotations

from pricing import AE, SUE, assert_price, database

POSTS = database("CREATE TABLE posts (title text); CREATE INDEX i ON posts (title)")


def test_it_locks_the_table_too() -> None:
    assert_price("DROP INDEX i", POSTS, kind="DROP INDEX", locks={"i": AE, "posts": AE})


def test_without_a_database_only_the_index_is_known() -> None:
    assert_price("DROP INDEX IF EXISTS i", kind="DROP INDEX", locks={"i": AE})


def test_concurrently() -> None:
    assert_price(
        "DROP INDEX CONCURRENTLY i",
        POSTS,
        kind="DROP INDEX CONCURRENTLY",
        locks={"i": SUE, "posts": SUE},
        transactional=False,
    )


def test_what_is_not_there() -> None:
    assert_price("DROP INDEX IF EXISTS nothing", POSTS, kind="DROP INDEX")
