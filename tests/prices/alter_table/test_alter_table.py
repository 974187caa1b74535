"""Sub-commands together: the strongest lock, on all that any of them cascades to."""

from __future__ import annotations

from pricing import AE, assert_price, database

EVENTS = database(
    "CREATE TABLE e (id int, n int) PARTITION BY RANGE (id);"
    "CREATE TABLE e1 PARTITION OF e FOR VALUES FROM (0) TO (9);"
    "CREATE TABLE e2 PARTITION OF e FOR VALUES FROM (9) TO (19) PARTITION BY RANGE (id);"
    "CREATE TABLE e2a PARTITION OF e2 DEFAULT"
)
ALL = {"e": AE, "e1": AE, "e2": AE, "e2a": AE}


def test_all_partitions_are_locked_and_those_with_rows_are_read() -> None:
    sql = "ALTER TABLE e ADD CONSTRAINT c CHECK (n > 0)"
    refused = ("check e.c",)
    assert_price(sql, EVENTS, kind="ALTER TABLE", locks=ALL, scans="e1 e2a", restricts=refused)


def test_what_cascades_does_so_with_the_strongest_lock() -> None:
    sql = "ALTER TABLE e ALTER n SET STATISTICS 9, OWNER TO somebody"
    assert_price(sql, EVENTS, kind="ALTER TABLE", locks=ALL)


def test_only_the_parent() -> None:
    assert_price(
        "ALTER TABLE ONLY e ALTER n SET DEFAULT 1", EVENTS, kind="ALTER TABLE", locks={"e": AE}
    )


def test_what_does_not_cascade_locks_the_parent() -> None:
    sql = "ALTER TABLE e OWNER TO somebody"
    assert_price(sql, EVENTS, kind="ALTER TABLE", locks={"e": AE})


def test_a_view() -> None:
    assert_price("ALTER VIEW v ALTER c SET DEFAULT 1", kind="ALTER VIEW", locks={"v": AE})


def test_a_composite_type_has_no_rows() -> None:
    sql = "ALTER TYPE pair DROP ATTRIBUTE a, ADD ATTRIBUTE b int"
    assert_price(sql, kind="ALTER TYPE", destroys=("attribute pair.a",))
