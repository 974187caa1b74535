"""CREATE FUNCTION."""

from __future__ import annotations

from pricing import assert_price


def test_nothing_is_locked() -> None:
    body = "LANGUAGE sql AS 'SELECT 1'"
    assert_price(f"CREATE FUNCTION f() RETURNS int {body}", kind="CREATE FUNCTION")
    assert_price(f"CREATE OR REPLACE PROCEDURE p() {body}", kind="CREATE PROCEDURE")
    assert_price("ALTER FUNCTION f() STABLE", kind="ALTER FUNCTION")
