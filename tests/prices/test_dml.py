"""Queries."""

from __future__ import annotations

from pricing import AS, RE, RS, assert_price, database

BOTH = database(
    "CREATE TABLE u (id int PRIMARY KEY, name text);"
    "CREATE TABLE p (id int PRIMARY KEY, u_id int REFERENCES u ON DELETE CASCADE)"
)


def test_select() -> None:
    assert_price(
        "SELECT * FROM a JOIN b.c ON true", kind="SELECT", locks={"a": AS, "b.c": AS}, scans="a b.c"
    )
    assert_price("SELECT 1", kind="SELECT")


def test_select_by_key_reads_no_table_in_full() -> None:
    assert_price(
        "SELECT * FROM u WHERE id = 1 AND name = 'x'", BOTH, kind="SELECT", locks={"u": AS}
    )
    assert_price(
        "SELECT * FROM u WHERE name = 'x'", BOTH, kind="SELECT", locks={"u": AS}, scans="u"
    )


def test_insert_looks_at_the_other_end_of_foreign_keys() -> None:
    assert_price("INSERT INTO p VALUES (1, 1)", BOTH, kind="INSERT", locks={"p": RE, "u": RS})


def test_update() -> None:
    assert_price("UPDATE u SET name = 'x'", BOTH, kind="UPDATE", locks={"u": RE}, scans="u")
    assert_price(
        "UPDATE p SET u_id = 1 WHERE id = 1", BOTH, kind="UPDATE", locks={"p": RE, "u": RS}
    )


def test_delete_cascades() -> None:
    assert_price(
        "DELETE FROM u WHERE id = 1", BOTH, kind="DELETE", locks={"u": RE, "p": RE}, scans="p"
    )


def test_writes_in_a_with_are_writes() -> None:
    sql = "WITH gone AS (DELETE FROM a RETURNING *) INSERT INTO b SELECT * FROM gone"
    assert_price(sql, kind="INSERT", locks={"a": RE, "b": RE}, scans="a")


def test_for_update() -> None:
    assert_price("SELECT * FROM a FOR UPDATE", kind="SELECT", locks={"a": RS}, scans="a")


def test_a_sequence() -> None:
    assert_price("SELECT setval('b.s', 9)", kind="SELECT", locks={"b.s": RE})
