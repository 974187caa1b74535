"""EXPLAIN locks what its query would."""

from __future__ import annotations

from pricing import AS, RE, assert_price


def test_explain() -> None:
    assert_price("EXPLAIN UPDATE a SET b = 1", kind="EXPLAIN", locks={"a": RE})
    sql = "EXPLAIN (ANALYZE) UPDATE a SET b = 1"
    assert_price(sql, kind="EXPLAIN", locks={"a": RE}, scans="a")


def test_cursor() -> None:
    assert_price("DECLARE c CURSOR FOR SELECT * FROM a", kind="DECLARE", locks={"a": AS})
