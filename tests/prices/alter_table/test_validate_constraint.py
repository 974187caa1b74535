"""VALIDATE refuses nothing new."""

from __future__ import annotations

from pricing import RS, SUE, after, assert_price, database

SQL = "ALTER TABLE p VALIDATE CONSTRAINT c"


def test_of_unknown_kind() -> None:
    assert_price(SQL, kind="ALTER TABLE", locks={"p": SUE}, scans="p")


def test_a_foreign_key_looks_at_the_other_table() -> None:
    facts = database(
        "CREATE TABLE u (id int PRIMARY KEY); CREATE TABLE p (n int);"
        "ALTER TABLE p ADD CONSTRAINT c FOREIGN KEY (n) REFERENCES u NOT VALID"
    )
    assert_price(SQL, facts, kind="ALTER TABLE", locks={"p": SUE, "u": RS}, scans="p")
    valid = after(SQL, facts)
    assert_price(SQL, valid, kind="ALTER TABLE", locks={"p": SUE})
