"""CREATE STATISTICS."""

from __future__ import annotations

from pricing import SUE, assert_price


def test_create() -> None:
    sql = "CREATE STATISTICS s ON a, b FROM posts"
    assert_price(sql, kind="CREATE STATISTICS", locks={"posts": SUE})


def test_alter() -> None:
    assert_price("ALTER STATISTICS s SET STATISTICS 9", kind="ALTER STATISTICS")
