"""SET LOGGED, ACCESS METHOD and TABLESPACE write the table anew, unless it is so."""

from __future__ import annotations

from pricing import AE, assert_price, database

POSTS = database("CREATE TABLE posts (id int)")


def test_set_logged() -> None:
    sql = "ALTER TABLE posts SET LOGGED"
    assert_price(sql, kind="ALTER TABLE", locks={"posts": AE}, scans="posts", rewrites="posts")
    assert_price(sql, POSTS, kind="ALTER TABLE", locks={"posts": AE})


def test_set_access_method() -> None:
    same, other = (f"ALTER TABLE posts SET ACCESS METHOD {name}" for name in ("heap", "other"))
    assert_price(same, POSTS, kind="ALTER TABLE", locks={"posts": AE})
    price = {"scans": "posts", "rewrites": "posts"}
    assert_price(other, POSTS, kind="ALTER TABLE", locks={"posts": AE}, **price)


def test_set_tablespace_copies_without_reading_rows() -> None:
    sql = "ALTER TABLE posts SET TABLESPACE fast"
    assert_price(sql, kind="ALTER TABLE", locks={"posts": AE}, rewrites="posts")


def test_set_tablespace_of_an_index() -> None:
    sql = "ALTER INDEX i SET TABLESPACE fast"
    assert_price(sql, kind="ALTER INDEX", locks={"i": AE}, rewrites="i")
