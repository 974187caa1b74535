"""CREATE TABLE AS and CREATE MATERIALIZED VIEW."""

from __future__ import annotations

from pricing import AS, assert_price


def test_it_reads_what_it_is_made_of() -> None:
    sql = "CREATE {} b AS SELECT * FROM a"
    for word, kind in (
        ("TABLE", "CREATE TABLE AS"),
        ("MATERIALIZED VIEW", "CREATE MATERIALIZED VIEW"),
    ):
        assert_price(sql.format(word), kind=kind, locks={"a": AS}, scans="a", creates="b")


def test_with_no_data_it_reads_nothing() -> None:
    sql = "CREATE TABLE b AS SELECT * FROM a WITH NO DATA"
    assert_price(sql, kind="CREATE TABLE AS", locks={"a": AS}, creates="b")
