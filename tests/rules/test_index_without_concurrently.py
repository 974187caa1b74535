from __future__ import annotations

import pytest
from judging import KNOWN, UNKNOWN, assert_safe, assert_unsafe

RULE = "index_without_concurrently"


def test_an_operation_gets_an_argument() -> None:
    message = assert_unsafe(
        RULE, "def expand():\n    op.create_index('ix_users_email', 'users', ['email'])\n"
    )
    assert message == (
        "CREATE INDEX without CONCURRENTLY stops writes on users (~2.1M rows, 340 MB) until the "
        "index is built. Let it work beside the traffic:\n\n"
        "    op.create_index('ix_users_email', 'users', ['email'], postgresql_concurrently=True)"
    )


def test_sql_gets_the_word() -> None:
    message = assert_unsafe(RULE, expand='create index ix on "Order" ("userId")')
    assert message.endswith(
        'op.execute("create index CONCURRENTLY ix on \\"Order\\" (\\"userId\\")")'
    )


def test_drop() -> None:
    assert assert_unsafe(RULE, contract="DROP INDEX ix_users_age") == (
        "DROP INDEX ix_users_age without CONCURRENTLY waits for, and then stops, reads and writes "
        'on users. Let it work beside the traffic:\n\n    op.execute("DROP INDEX CONCURRENTLY '
        'ix_users_age")'
    )


def test_drop_of_an_index_whose_table_is_not_known() -> None:
    assert "writes on its table." in assert_unsafe(RULE, contract="DROP INDEX i", facts=UNKNOWN)


def test_several_are_dropped_one_at_a_time() -> None:
    message = assert_unsafe(RULE, contract="DROP INDEX ix_users_age, ix_posts")
    assert message.endswith(
        '    op.execute("DROP INDEX CONCURRENTLY ix_users_age")\n'
        '    op.execute("DROP INDEX CONCURRENTLY ix_posts")'
    )


def test_a_partitioned_table_goes_partition_by_partition() -> None:
    message = assert_unsafe(RULE, expand="CREATE INDEX ix ON events (at)")
    assert message.endswith(
        "    op.create_index_on_only(...)\n"
        "    op.create_index(..., postgresql_concurrently=True)  # on events_1\n"
        "    op.attach_index(...)"
    )


def test_reindex() -> None:
    message = assert_unsafe(RULE, expand="REINDEX TABLE users")
    assert message == (
        "REINDEX without CONCURRENTLY stops reads and writes on users until the index is built. "
        'Let it work beside the traffic:\n\n    op.execute("REINDEX TABLE CONCURRENTLY users")'
    )


def test_an_old_revision_needs_a_block() -> None:
    message = assert_unsafe(RULE, upgrade="CREATE INDEX ix ON users (age)")
    assert message.endswith(
        "    with op.get_context().autocommit_block():\n"
        '        op.execute("CREATE INDEX CONCURRENTLY ix ON users (age)")'
    )


@pytest.mark.parametrize(
    "sqls",
    [
        ["CREATE TABLE t (id int)", "CREATE INDEX ix ON t (id)", "DROP INDEX ix"],
        ["CREATE INDEX CONCURRENTLY ix ON users (age)"],
        ["DROP INDEX CONCURRENTLY ix_users_age"],
        ["REINDEX TABLE CONCURRENTLY users"],
        ["CREATE INDEX ix ON ONLY events (at)"],
    ],
)
@pytest.mark.parametrize("facts", [KNOWN, UNKNOWN], ids=["known", "unknown"])
def test_safe(sqls: list[str], facts: object) -> None:
    assert_safe(expand=sqls, facts=facts)


def test_an_empty_database_has_nobody_to_stop() -> None:
    assert_safe(expand="CREATE INDEX ix ON users (age)", fresh=True)
