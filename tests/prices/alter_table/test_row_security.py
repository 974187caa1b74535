"""ROW LEVEL SECURITY hides rows from old code."""

from __future__ import annotations

from pricing import AE, after, assert_price

ENABLE = "ALTER TABLE posts ENABLE ROW LEVEL SECURITY"


def test_enable() -> None:
    refused = ("posts ENABLE ROW LEVEL SECURITY",)
    assert_price(ENABLE, kind="ALTER TABLE", locks={"posts": AE}, restricts=refused)


def test_enable_on_a_new_table() -> None:
    facts = after("CREATE TABLE posts (id int)")
    assert_price(ENABLE, facts, kind="ALTER TABLE", locks={"posts": AE})


def test_disable() -> None:
    sql = "ALTER TABLE posts DISABLE ROW LEVEL SECURITY"
    assert_price(sql, kind="ALTER TABLE", locks={"posts": AE})
