"""CREATE VIEW."""

from __future__ import annotations

from pricing import AE, AS, assert_price, database


def test_create() -> None:
    assert_price(
        "CREATE VIEW v AS SELECT * FROM t", kind="CREATE VIEW", locks={"t": AS}, creates="v"
    )


def test_replace() -> None:
    sql = "CREATE OR REPLACE VIEW v AS SELECT * FROM t"
    absent = database("CREATE TABLE t (id int)")
    there = database("CREATE TABLE t (id int); CREATE VIEW v AS SELECT 1")
    assert_price(sql, absent, kind="CREATE VIEW", locks={"t": AS}, creates="v")
    assert_price(sql, there, kind="CREATE OR REPLACE VIEW", locks={"t": AS, "v": AE})
    assert_price(sql, kind="CREATE OR REPLACE VIEW", locks={"t": AS, "v": AE})
