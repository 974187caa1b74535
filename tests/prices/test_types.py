"""CREATE TYPE and ALTER TYPE."""

from __future__ import annotations

from pricing import assert_price


def test_create() -> None:
    for definition in ("ENUM ('a')", "(a int)", "RANGE (subtype = int4)"):
        assert_price(f"CREATE TYPE a.mood AS {definition}", kind="CREATE TYPE", creates="a.mood")


def test_add_value() -> None:
    assert_price("ALTER TYPE mood ADD VALUE 'b'", kind="ALTER TYPE ADD VALUE")


def test_rename_value() -> None:
    sql = "ALTER TYPE mood RENAME VALUE 'a' TO 'b'"
    refused = ("type mood RENAME VALUE 'a' TO 'b'",)
    assert_price(sql, kind="ALTER TYPE RENAME VALUE", restricts=refused)
