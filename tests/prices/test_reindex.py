"""REINDEX."""

from __future__ import annotations

from pricing import AE, SUE, S, assert_price, database

POSTS = database("CREATE TABLE posts (id int PRIMARY KEY, t text); CREATE INDEX i ON posts (t)")


def test_index() -> None:
    locks = {"posts": S, "i": AE}
    sql = "REINDEX INDEX i"
    assert_price(sql, POSTS, kind="REINDEX INDEX", locks=locks, scans="posts", rewrites="i")


def test_table_concurrently() -> None:
    assert_price(
        "REINDEX TABLE CONCURRENTLY posts",
        POSTS,
        kind="REINDEX TABLE CONCURRENTLY",
        locks={"posts": SUE, "i": SUE, "posts_pkey": SUE},
        scans="posts",
        rewrites="i posts_pkey",
        transactional=False,
    )


def test_without_a_database() -> None:
    assert_price("REINDEX INDEX i", kind="REINDEX INDEX", locks={"i": AE}, rewrites="i")
    assert_price("REINDEX TABLE posts", kind="REINDEX TABLE", locks={"posts": S}, scans="posts")
