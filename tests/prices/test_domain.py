"""CREATE DOMAIN and ALTER DOMAIN."""

from __future__ import annotations

from pricing import S, assert_price, database

FACTS = database("CREATE DOMAIN word AS text; CREATE TABLE posts (w word); CREATE TABLE b (w text)")


def test_create() -> None:
    assert_price("CREATE DOMAIN a.word AS text", kind="CREATE DOMAIN", creates="a.word")


def test_a_constraint_reads_all_that_use_it() -> None:
    refused = ("domain word",)
    sql = "ALTER DOMAIN word ADD CHECK (VALUE <> '')"
    price = {"locks": {"posts": S}, "scans": "posts"}
    assert_price(sql, FACTS, kind="ALTER DOMAIN", **price, restricts=refused)
    assert_price(f"{sql} NOT VALID", FACTS, kind="ALTER DOMAIN", restricts=refused)
    assert_price("ALTER DOMAIN word VALIDATE CONSTRAINT c", FACTS, kind="ALTER DOMAIN", **price)


def test_what_relaxes() -> None:
    for change in ("DROP NOT NULL", "DROP CONSTRAINT c", "SET DEFAULT 'x'"):
        assert_price(f"ALTER DOMAIN word {change}", FACTS, kind="ALTER DOMAIN")
