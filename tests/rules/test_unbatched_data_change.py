from __future__ import annotations

import pytest
from judging import assert_safe, assert_unsafe

RULE = "unbatched_data_change"


def test_update_becomes_a_backfill() -> None:
    sql = "UPDATE billing.invoices SET total = total + 1, \"Paid\" = 'no' WHERE total IS NULL"
    assert assert_unsafe(RULE, expand=sql) == (
        "One UPDATE over billing.invoices (12 rows, 8 kB) keeps every row it changes locked until "
        "all are done, and writes of the running release wait. Change them in batches:\n\n"
        "    def backfill() -> None:\n"
        '        op.backfill("invoices", {"total": "total + 1", "Paid": "\'no\'"}, '
        'where="total IS NULL", schema="billing")'
    )


def test_delete_needs_a_person() -> None:
    message = assert_unsafe(RULE, backfill="DELETE FROM posts WHERE user_id IS NULL")
    assert message == (
        "One DELETE over posts (9,000 rows, 2 MB) keeps every row it changes locked until all are "
        "done, and writes of the running release wait. Change them in batches outside of the "
        "migration, or, where they are few, say so:\n\n"
        "    # phased: allow unbatched_data_change because <reason>\n"
        '    op.execute("DELETE FROM posts WHERE user_id IS NULL")'
    )


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE users SET locale = p.title FROM posts p WHERE p.user_id = users.id",
        "WITH gone AS (DELETE FROM posts RETURNING id) SELECT count(*) FROM gone",
        "MERGE INTO users u USING posts p ON p.user_id = u.id WHEN MATCHED THEN DELETE",
        "UPDATE users SET (locale, email) = ('en', 'x')",
    ],
)
@pytest.mark.parametrize("phase", ["expand", "backfill", "contract", "upgrade"])
def test_changes(phase: str, sql: str) -> None:
    assert_unsafe(RULE, **{phase: sql})


@pytest.mark.parametrize(
    "sqls",
    [
        ["CREATE TABLE t (id int)", "INSERT INTO t SELECT id FROM users", "UPDATE t SET id = 1"],
        ["INSERT INTO users (username) VALUES ('root')"],
    ],
)
def test_new_rows_are_nobodys(sqls: list[str]) -> None:
    assert_safe(expand=sqls)


def test_backfill_is_the_way() -> None:
    assert_safe("def backfill():\n    op.backfill('users', {'locale': \"'en'\"})\n")


def test_an_empty_database_has_no_rows() -> None:
    assert_safe(expand="UPDATE users SET locale = 'en'", fresh=True)
