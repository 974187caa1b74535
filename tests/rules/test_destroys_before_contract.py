from __future__ import annotations

import pytest
from judging import assert_safe, assert_unsafe

RULE = "destroys_before_contract"


def test_message_has_the_users_own_call() -> None:
    message = assert_unsafe(RULE, "def expand():\n    op.drop_column('users', 'username')\n")
    assert message == (
        "expand() takes away column users.username while the release that is running may still use "
        "it: its queries fail from here on, and nothing brings the data back. Drop it when no "
        "older release is left:\n\n"
        "    def contract() -> None:\n"
        "        op.drop_column('users', 'username')"
    )


def test_an_old_revision_is_told_about_phases() -> None:
    message = assert_unsafe(RULE, upgrade="DROP TABLE posts")
    assert message == (
        "upgrade() takes away table posts while the release that is running may still use it: its "
        "queries fail from here on, and nothing brings the data back. Drop it when no older "
        "release is left, in a revision with expand() and contract() instead of upgrade():\n\n"
        "    def contract() -> None:\n"
        '        op.execute("DROP TABLE posts")'
    )


@pytest.mark.parametrize(
    "sql",
    [
        'ALTER TABLE "Order" DROP COLUMN "userId"',
        "DROP TABLE billing.invoices",
        "DROP VIEW active_users",
        "TRUNCATE posts",
        "DROP MATERIALIZED VIEW totals",
        "DROP FUNCTION f(int)",
        "DROP TYPE mood",
        "DROP SCHEMA billing",
    ],
)
@pytest.mark.parametrize("phase", ["expand", "backfill"])
def test_destroys(phase: str, sql: str) -> None:
    assert_unsafe(RULE, **{phase: sql})


@pytest.mark.parametrize("sql", ["DROP TABLE posts", "ALTER TABLE users DROP COLUMN username"])
def test_contract_may_destroy(sql: str) -> None:
    assert_safe(contract=sql)


@pytest.mark.parametrize(
    "sqls",
    [
        ["CREATE TABLE t (id int)", "DROP TABLE t"],
        ["ALTER TABLE users ADD COLUMN x int", "ALTER TABLE users DROP COLUMN x"],
        ["CREATE TYPE t AS ENUM ('a')", "DROP TYPE t"],
        ["ALTER TABLE users DROP CONSTRAINT ck"],
        ["DROP INDEX CONCURRENTLY ix_users_age"],
        ["ALTER TABLE users ALTER COLUMN username DROP NOT NULL"],
    ],
)
def test_what_is_new_or_only_relaxes_may_go(sqls: list[str]) -> None:
    assert_safe(expand=sqls)


def test_a_view_that_is_made_again_at_once_is_not_missed() -> None:
    assert_safe(expand=["DROP VIEW v", "CREATE VIEW v AS SELECT 1 AS one"])


def test_a_table_that_is_made_again_has_lost_its_rows() -> None:
    assert_unsafe(RULE, expand=["DROP TABLE posts", "CREATE TABLE posts (id int)"])


def test_an_empty_database_has_nobody_to_break() -> None:
    assert_safe(expand="DROP TABLE posts", fresh=True)
