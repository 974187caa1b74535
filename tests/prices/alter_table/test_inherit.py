"""INHERIT and NO INHERIT."""

from __future__ import annotations

from pricing import AE, AS, SUE, assert_price


def test_inherit() -> None:
    sql = "ALTER TABLE kid INHERIT posts"
    assert_price(sql, kind="ALTER TABLE", locks={"kid": AE, "posts": SUE})


def test_no_inherit() -> None:
    sql = "ALTER TABLE kid NO INHERIT posts"
    assert_price(sql, kind="ALTER TABLE", locks={"kid": AE, "posts": AS})
