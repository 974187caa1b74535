"""SET and the like."""

from __future__ import annotations

import pytest
from pricing import assert_price


@pytest.mark.parametrize(
    ("sql", "kind"),
    [
        ("SET lock_timeout = '1s'", "SET"),
        ("SET LOCAL TIME ZONE 'UTC'", "SET"),
        ("RESET ALL", "RESET"),
        ("SHOW search_path", "SHOW"),
        ("SET CONSTRAINTS ALL IMMEDIATE", "SET CONSTRAINTS"),
        ("DISCARD PLANS", "DISCARD"),
        ("NOTIFY a", "NOTIFY"),
        ("LISTEN a", "LISTEN"),
        ("CHECKPOINT", "CHECKPOINT"),
    ],
)
def test_nothing_is_locked(sql: str, kind: str) -> None:
    assert_price(sql, kind=kind)


def test_discard_all_cannot_run_in_a_transaction() -> None:
    assert_price("DISCARD ALL", kind="DISCARD", transactional=False)
