"""GRANT and REVOKE."""

from __future__ import annotations

from pricing import AS, assert_price

from phased.fact import Facts


def test_grant_locks_since_18() -> None:
    sql = "GRANT SELECT ON a, b.c TO somebody"
    assert_price(sql, Facts(server=18), kind="GRANT", locks={"a": AS, "b.c": AS})
    assert_price(sql, Facts(server=17), kind="GRANT")


def test_revoke_restricts() -> None:
    refused = ("a REVOKE SELECT, DELETE",)
    sql = "REVOKE SELECT, DELETE ON a FROM somebody"
    assert_price(sql, kind="REVOKE", locks={"a": AS}, restricts=refused)
    sql = "REVOKE ALL ON ALL TABLES IN SCHEMA a FROM somebody"
    assert_price(sql, kind="REVOKE", restricts=("privileges REVOKE ALL",))


def test_what_is_no_table() -> None:
    assert_price("GRANT USAGE ON SCHEMA a TO somebody", kind="GRANT")
    assert_price("GRANT somebody TO another", kind="GRANT")
    sql = "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO somebody"
    assert_price(sql, kind="ALTER DEFAULT PRIVILEGES")
