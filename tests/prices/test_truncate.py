"""TRUNCATE."""

from __future__ import annotations

from pricing import AE, after, assert_price, database

BOTH = "CREATE TABLE u (id serial PRIMARY KEY); CREATE TABLE p (u_id int REFERENCES u)"


def test_rows_are_lost() -> None:
    lost = ("rows of p",)
    assert_price("TRUNCATE p", kind="TRUNCATE", locks={"p": AE}, rewrites="p", destroys=lost)


def test_of_a_new_table_nothing_is_lost() -> None:
    sql = "TRUNCATE p"
    assert_price(sql, after(BOTH), kind="TRUNCATE", locks={"p": AE}, rewrites="p")


def test_cascade_and_restart() -> None:
    assert_price(
        "TRUNCATE u RESTART IDENTITY CASCADE",
        database(BOTH),
        kind="TRUNCATE",
        locks={"u": AE, "p": AE, "u_id_seq": AE},
        rewrites="p u",
        destroys=("rows of u", "rows of p"),
    )
