"""ALTER CONSTRAINT … ENFORCED refuses what NOT ENFORCED let pass."""

from __future__ import annotations

from pricing import AE, assert_price


def test_deferrable_is_catalog_only() -> None:
    sql = "ALTER TABLE p ALTER CONSTRAINT f DEFERRABLE"
    assert_price(sql, kind="ALTER TABLE", locks={"p": AE})


def test_enforced_checks_every_row() -> None:
    sql = "ALTER TABLE p ALTER CONSTRAINT f ENFORCED"
    refused = ("foreign key p.f",)
    assert_price(sql, kind="ALTER TABLE", locks={"p": AE}, scans="p", restricts=refused)
