"""DROP COLUMN: what is lost."""

from __future__ import annotations

from pricing import AE, after, assert_price, database


def test_a_column_is_lost() -> None:
    sql = 'ALTER TABLE "Order" DROP "userId", DROP note'
    gone = ('column "Order"."userId"', 'column "Order".note')
    assert_price(sql, kind="ALTER TABLE", locks={'"Order"': AE}, destroys=gone)


def test_of_a_new_table_nothing_is_lost() -> None:
    facts = after("CREATE TABLE posts (id int, n int)")
    assert_price("ALTER TABLE posts DROP n", facts, kind="ALTER TABLE", locks={"posts": AE})


def test_what_is_not_there_is_not_lost() -> None:
    sql = "ALTER TABLE posts DROP COLUMN IF EXISTS n"
    there = database("CREATE TABLE posts (n int)")
    absent = database("CREATE TABLE posts (id int)")
    assert_price(sql, absent, kind="ALTER TABLE", locks={"posts": AE})
    lost = ("column posts.n",)
    assert_price(sql, there, kind="ALTER TABLE", locks={"posts": AE}, destroys=lost)
    assert_price(sql, kind="ALTER TABLE", locks={"posts": AE}, destroys=lost)


def test_a_foreign_key_goes_too_and_locks_the_other_table() -> None:
    facts = database("CREATE TABLE u (id int PRIMARY KEY); CREATE TABLE p (u_id int REFERENCES u)")
    sql = "ALTER TABLE p DROP u_id"
    lost = ("column p.u_id",)
    assert_price(sql, facts, kind="ALTER TABLE", locks={"p": AE, "u": AE}, destroys=lost)
