from __future__ import annotations

import pytest
from judging import assert_safe, assert_unsafe

RULE = "non_transactional_in_transaction"
BLOCK = """
def upgrade():
    with op.get_context().autocommit_block():
        op.execute("CREATE INDEX CONCURRENTLY ix ON users (age)")
"""


def test_message() -> None:
    assert assert_unsafe(RULE, upgrade="CREATE INDEX CONCURRENTLY ix ON users (age)") == (
        "CREATE INDEX CONCURRENTLY cannot run in a transaction, and here it would: PostgreSQL "
        "refuses it. Take it out of Alembic's transaction:\n\n"
        "    with op.get_context().autocommit_block():\n"
        '        op.execute("CREATE INDEX CONCURRENTLY ix ON users (age)")'
    )


def test_it_fails_on_an_empty_database_too() -> None:
    assert_unsafe(RULE, upgrade="CREATE INDEX CONCURRENTLY ix ON users (age)", fresh=True)


@pytest.mark.parametrize("fresh", [True, False])
def test_an_autocommit_block_is_the_way(fresh: bool) -> None:  # noqa: FBT001 # a parameter
    assert_safe(BLOCK, fresh=fresh)


def test_phases_give_it_a_step_of_its_own() -> None:
    assert_safe(
        expand=[
            "ALTER TABLE users ADD COLUMN x int",
            "CREATE INDEX CONCURRENTLY ix ON users (x)",
            "ALTER TABLE users ADD COLUMN y int",
        ]
    )
