from __future__ import annotations

import pytest
from judging import assert_safe, assert_unsafe

RULE = "enum_value_used_at_once"
ADD = "ALTER TYPE mood ADD VALUE 'calm'"
USE = "ALTER TABLE users ALTER COLUMN mood SET DEFAULT 'calm'"


def test_message() -> None:
    assert assert_unsafe(RULE, upgrade=[ADD, USE]) == (
        "This uses the enum value 'calm' in the transaction that adds it, which PostgreSQL refuses "
        "(55P04: unsafe use of new value). Commit the value first:\n\n"
        "    with op.get_context().autocommit_block():\n"
        "        op.execute(\"ALTER TYPE mood ADD VALUE 'calm'\")"
    )


def test_it_fails_on_an_empty_database_too() -> None:
    assert_unsafe(RULE, upgrade=[ADD, USE], fresh=True)


@pytest.mark.parametrize(
    "sqls",
    [
        [ADD],
        [USE, ADD],
        [ADD, "ALTER TABLE users ALTER COLUMN mood SET DEFAULT 'sad'"],
        ["CREATE TYPE mood AS ENUM ('sad')", ADD, USE],
    ],
)
def test_safe(sqls: list[str]) -> None:
    assert_safe(upgrade=sqls)


def test_phases_commit_the_value_first() -> None:
    assert_safe(expand=[ADD, USE])
