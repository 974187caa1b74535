"""CREATE and ALTER SEQUENCE."""

from __future__ import annotations

from pricing import AS, SRE, assert_price

from phased.statements import parse


def test_create() -> None:
    assert_price("CREATE SEQUENCE a.s", kind="CREATE SEQUENCE", creates="a.s")
    sql = "CREATE SEQUENCE s OWNED BY posts.id"
    assert_price(sql, kind="CREATE SEQUENCE", locks={"posts": AS}, creates="s")


def test_alter() -> None:
    assert_price("ALTER SEQUENCE s AS bigint", kind="ALTER SEQUENCE", locks={"s": SRE})
    locks = {"s": SRE, "a.posts": AS}
    assert_price("ALTER SEQUENCE s OWNED BY a.posts.id", kind="ALTER SEQUENCE", locks=locks)
    assert_price("ALTER SEQUENCE s OWNED BY NONE", kind="ALTER SEQUENCE", locks={"s": SRE})


def test_what_is_altered_as_a_sequence_is_one_row_to_read() -> None:
    *_, alone = parse("SELECT last_value FROM other")
    *_, after = parse("ALTER SEQUENCE other AS bigint; SELECT last_value FROM other")
    assert alone.scans == {"other"}
    assert after.scans == frozenset()
