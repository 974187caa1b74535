"""Logical replication."""

from __future__ import annotations

from pricing import SUE, assert_price


def test_publication() -> None:
    sql = "{} PUBLICATION p {} TABLE posts"
    for verb, word in (("CREATE", "FOR"), ("ALTER", "ADD"), ("ALTER", "DROP")):
        kind = f"{verb} PUBLICATION"
        assert_price(sql.format(verb, word), kind=kind, locks={"posts": SUE})


def test_subscription() -> None:
    sql = "CREATE SUBSCRIPTION s CONNECTION '' PUBLICATION p"
    assert_price(sql, kind="CREATE SUBSCRIPTION", transactional=False)
    assert_price(f"{sql} WITH (create_slot = false)", kind="CREATE SUBSCRIPTION")
    assert_price("ALTER SUBSCRIPTION s DISABLE", kind="ALTER SUBSCRIPTION")
    refresh = "ALTER SUBSCRIPTION s REFRESH PUBLICATION"
    assert_price(refresh, kind="ALTER SUBSCRIPTION", transactional=False)
    lost = ("subscription s",)
    drop = "DROP SUBSCRIPTION s"
    assert_price(drop, kind="DROP SUBSCRIPTION", transactional=False, destroys=lost)
