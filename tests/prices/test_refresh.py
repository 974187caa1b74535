"""REFRESH MATERIALIZED VIEW."""

from __future__ import annotations

from pricing import AE, AS, E, assert_price, database

FACTS = database("CREATE TABLE t (id int); CREATE MATERIALIZED VIEW m AS SELECT * FROM t")


def test_it_stops_readers_while_it_reads() -> None:
    sql = "REFRESH MATERIALIZED VIEW m"
    locks = {"m": AE, "t": AS}
    assert_price(sql, FACTS, kind="REFRESH MATERIALIZED VIEW", locks=locks, scans="t", rewrites="m")


def test_concurrently_lets_readers_pass() -> None:
    sql = "REFRESH MATERIALIZED VIEW CONCURRENTLY m"
    kind = "REFRESH MATERIALIZED VIEW CONCURRENTLY"
    assert_price(sql, FACTS, kind=kind, locks={"m": E, "t": AS}, scans="m t")
