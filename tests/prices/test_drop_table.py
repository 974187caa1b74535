"""DROP TABLE."""

from __future__ import annotations

from pricing import AE, after, assert_price, database

BOTH = "CREATE TABLE u (id int PRIMARY KEY); CREATE TABLE p (u_id int REFERENCES u)"


def test_it_is_lost() -> None:
    lost = ('table "My"."Posts"', "table b")
    sql = 'DROP TABLE "My"."Posts", b'
    assert_price(sql, kind="DROP TABLE", locks={'"My"."Posts"': AE, "b": AE}, destroys=lost)


def test_a_new_one_is_no_loss() -> None:
    facts = after("CREATE TABLE posts (id int)")
    assert_price("DROP TABLE posts", facts, kind="DROP TABLE", locks={"posts": AE})


def test_its_foreign_keys_lock_the_other_table() -> None:
    facts = database(BOTH)
    lost = ("table p",)
    assert_price("DROP TABLE p", facts, kind="DROP TABLE", locks={"p": AE, "u": AE}, destroys=lost)


def test_cascade_locks_those_that_refer_to_it() -> None:
    locks = {"p": AE, "u": AE}
    sql = "DROP TABLE u CASCADE"
    assert_price(sql, database(BOTH), kind="DROP TABLE", locks=locks, destroys=("table u",))


def test_what_is_not_there() -> None:
    assert_price("DROP TABLE IF EXISTS nothing", database(BOTH), kind="DROP TABLE")
