"""CLUSTER."""

from __future__ import annotations

from pricing import AE, assert_price


def test_it_writes_the_table_anew() -> None:
    sql = "CLUSTER posts USING i"
    assert_price(sql, kind="CLUSTER", locks={"posts": AE}, scans="posts", rewrites="posts")


def test_all_of_them() -> None:
    assert_price("CLUSTER", kind="CLUSTER", transactional=False)
