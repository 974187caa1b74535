"""CREATE SCHEMA and SET SCHEMA."""

from __future__ import annotations

from pricing import AE, SRE, after, assert_price


def test_create_with_what_is_in_it() -> None:
    sql = "CREATE SCHEMA a CREATE TABLE posts (id serial, u int REFERENCES b.users)"
    creates = "a a.posts a.posts_id_seq"
    assert_price(sql, kind="CREATE SCHEMA", locks={"b.users": SRE}, creates=creates)


def test_set_schema() -> None:
    sql = "ALTER TABLE posts SET SCHEMA archive"
    refused = ("posts SET SCHEMA archive",)
    assert_price(sql, kind="ALTER TABLE SET SCHEMA", locks={"posts": AE}, restricts=refused)
    facts = after("CREATE TABLE posts (id serial)")
    locks = {"posts": AE, "posts_id_seq": AE}
    assert_price(sql, facts, kind="ALTER TABLE SET SCHEMA", locks=locks)


def test_what_is_no_relation() -> None:
    refused = ("f SET SCHEMA archive",)
    sql = "ALTER FUNCTION f() SET SCHEMA archive"
    assert_price(sql, kind="ALTER SET SCHEMA", restricts=refused)
