"""CREATE TABLE."""

from __future__ import annotations

from pricing import AE, SRE, assert_price, database


def test_it_locks_nothing_of_its_own() -> None:
    assert_price(
        "CREATE TABLE posts (id bigserial PRIMARY KEY, t text UNIQUE)",
        kind="CREATE TABLE",
        creates="posts posts_id_seq",
    )


def test_it_locks_what_it_refers_to() -> None:
    sql = "CREATE TABLE b.posts (u int REFERENCES users, p int REFERENCES b.posts)"
    assert_price(sql, kind="CREATE TABLE", locks={"users": SRE}, creates="b.posts")


def test_a_partition_locks_its_parent() -> None:
    sql = "CREATE TABLE e1 PARTITION OF e FOR VALUES FROM (0) TO (9)"
    assert_price(sql, kind="CREATE TABLE", locks={"e": AE}, creates="e1")


def test_one_that_is_there_already() -> None:
    sql = "CREATE TABLE IF NOT EXISTS posts (u int REFERENCES users)"
    facts = database("CREATE TABLE posts (id int)")
    assert_price(sql, facts, kind="CREATE TABLE")
    assert_price(sql, kind="CREATE TABLE", locks={"users": SRE}, creates="posts")
