"""CREATE POLICY, ALTER POLICY, CREATE RULE."""

from __future__ import annotations

from pricing import AE, after, assert_price

LOCKS = {"a": AE}


def test_a_permissive_policy_restricts_nobody() -> None:
    assert_price("CREATE POLICY p ON a USING (true)", kind="CREATE POLICY", locks=LOCKS)


def test_what_restricts() -> None:
    sql = "CREATE POLICY p ON a AS RESTRICTIVE USING (true)"
    assert_price(sql, kind="CREATE POLICY", locks=LOCKS, restricts=("policy a.p",))
    sql = "ALTER POLICY p ON a USING (true)"
    assert_price(sql, kind="ALTER POLICY", locks=LOCKS, restricts=("policy a.p",))
    sql = "CREATE RULE r AS ON DELETE TO a DO INSTEAD NOTHING"
    assert_price(sql, kind="CREATE RULE", locks=LOCKS, restricts=("rule a.r",))


def test_on_a_new_table_nothing_restricts() -> None:
    facts = after("CREATE TABLE a (id int)")
    sql = "CREATE RULE r AS ON DELETE TO a DO INSTEAD NOTHING"
    assert_price(sql, facts, kind="CREATE RULE", locks=LOCKS)
