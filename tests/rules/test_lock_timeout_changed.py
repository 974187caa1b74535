from __future__ import annotations

import pytest
from judging import assert_safe, assert_unsafe, judged

from phased.model import Severity

RULE = "lock_timeout_changed"


def test_message() -> None:
    assert assert_unsafe(RULE, expand="SET LOCAL lock_timeout = '1h'") == (
        "This changes lock_timeout, which phased sets for every step: the promise that no query "
        "waits longer than max_stall no longer holds. Set PHASED_MAX_STALL or PHASED_LOCK_BUDGET "
        "instead."
    )


def test_it_is_a_warning() -> None:
    (found,) = judged(expand="SET lock_timeout = 0")
    assert found.severity is Severity.WARNING


@pytest.mark.parametrize(
    "sql",
    [
        "SET statement_timeout = 0",
        "RESET lock_timeout",
        "RESET ALL",
        "DISCARD ALL",
        "SET search_path = billing",
        "SET ROLE owner",
        "SET SESSION AUTHORIZATION owner",
        "SELECT set_config('lock_timeout', '0', true)",
        "SELECT pg_catalog.set_config('search_path', '', false)",
    ],
)
def test_watched(sql: str) -> None:
    assert_unsafe(RULE, expand=sql)


@pytest.mark.parametrize(
    "sql", ["SET LOCAL work_mem = '1GB'", "SELECT set_config('a.b', '', true)"]
)
def test_other_settings_are_the_users(sql: str) -> None:
    assert_safe(expand=sql)
