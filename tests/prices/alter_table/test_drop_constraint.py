"""DROP CONSTRAINT loses no data; a foreign key locks both tables."""

from __future__ import annotations

from pricing import AE, assert_price, database

SQL = "ALTER TABLE p DROP CONSTRAINT f"


def test_of_unknown_kind() -> None:
    assert_price(SQL, kind="ALTER TABLE", locks={"p": AE})


def test_a_foreign_key_locks_both_tables() -> None:
    facts = database(
        "CREATE TABLE u (id int PRIMARY KEY);"
        "CREATE TABLE p (n int, CONSTRAINT f FOREIGN KEY (n) REFERENCES u)"
    )
    assert_price(SQL, facts, kind="ALTER TABLE", locks={"p": AE, "u": AE})
