"""ENABLE and DISABLE TRIGGER and RULE."""

from __future__ import annotations

from pricing import AE, SRE, assert_price


def test_trigger() -> None:
    for change in ("DISABLE TRIGGER t", "ENABLE TRIGGER ALL", "DISABLE TRIGGER USER"):
        assert_price(f"ALTER TABLE posts {change}", kind="ALTER TABLE", locks={"posts": SRE})


def test_rule() -> None:
    assert_price("ALTER TABLE posts DISABLE RULE r", kind="ALTER TABLE", locks={"posts": AE})
