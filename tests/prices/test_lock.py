"""LOCK TABLE."""

from __future__ import annotations

import pytest
from pricing import assert_price

from phased.model import Lock


@pytest.mark.parametrize("lock", list(Lock))
def test_every_mode(lock: Lock) -> None:
    assert_price(f"LOCK TABLE a IN {lock.sql} MODE", kind="LOCK TABLE", locks={"a": lock})


def test_the_strongest_when_nothing_is_said() -> None:
    assert_price("LOCK a, b", kind="LOCK TABLE", locks=dict.fromkeys("ab", Lock.ACCESS_EXCLUSIVE))
