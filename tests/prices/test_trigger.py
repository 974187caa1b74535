"""CREATE TRIGGER."""

from __future__ import annotations

from pricing import SRE, assert_price, database

SQL = "CREATE TRIGGER t BEFORE INSERT ON e FOR EACH {} EXECUTE FUNCTION f()"


def test_it_blocks_writes() -> None:
    assert_price(SQL.format("ROW"), kind="CREATE TRIGGER", locks={"e": SRE})


def test_on_a_partitioned_table() -> None:
    facts = database(
        "CREATE TABLE e (id int) PARTITION BY RANGE (id); CREATE TABLE d PARTITION OF e DEFAULT"
    )
    assert_price(SQL.format("ROW"), facts, kind="CREATE TRIGGER", locks={"e": SRE, "d": SRE})
    assert_price(SQL.format("STATEMENT"), facts, kind="CREATE TRIGGER", locks={"e": SRE})
