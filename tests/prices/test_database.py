"""Matters of the whole server."""

from __future__ import annotations

import pytest
from pricing import assert_price


@pytest.mark.parametrize(
    ("sql", "kind"),
    [
        ("CREATE DATABASE d", "CREATE DATABASE"),
        ("ALTER SYSTEM SET work_mem = '1MB'", "ALTER SYSTEM"),
        ("CREATE TABLESPACE t LOCATION '/x'", "CREATE TABLESPACE"),
        ("DROP TABLESPACE t", "DROP TABLESPACE"),
        ("ALTER DATABASE d SET TABLESPACE t", "ALTER DATABASE"),
    ],
)
def test_not_in_a_transaction(sql: str, kind: str) -> None:
    assert_price(sql, kind=kind, transactional=False)


def test_a_database_is_lost() -> None:
    lost = ("database d",)
    assert_price("DROP DATABASE d", kind="DROP DATABASE", transactional=False, destroys=lost)


def test_settings_of_a_database() -> None:
    assert_price("ALTER DATABASE d SET work_mem = '1MB'", kind="ALTER DATABASE")
