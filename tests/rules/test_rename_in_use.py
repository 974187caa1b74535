from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from judging import KNOWN, UNKNOWN, USERS, assert_safe, assert_unsafe

if TYPE_CHECKING:
    from phased.fact import Facts

RULE = "rename_in_use"


def test_column() -> None:
    sql = "ALTER TABLE users RENAME COLUMN username TO handle"
    assert assert_unsafe(RULE, contract=sql) == (
        "contract() renames column users.username to handle: the release that is running names the "
        "old name and fails at once, and until this runs the next release fails. Keep the name in "
        "the database and rename the attribute in the model:\n\n"
        '    handle: Mapped[...] = mapped_column("username", ...)'
    )


def test_table() -> None:
    assert assert_unsafe(RULE, expand="ALTER TABLE billing.invoices RENAME TO bills") == (
        "expand() renames table billing.invoices to billing.bills: the release that is running "
        "names the old name and fails at once, and until this runs the next release fails. Keep "
        "the name in the database, and in the model's __tablename__, or give the old name to a "
        "view in the same transaction:\n\n"
        '    op.execute("ALTER TABLE billing.invoices RENAME TO bills")\n'
        '    op.execute("CREATE VIEW billing.invoices AS SELECT * FROM billing.bills")'
    )


@pytest.mark.parametrize(
    ("sql", "what"),
    [
        ("ALTER TYPE mood RENAME VALUE 'sad' TO 'low'", "value 'sad' of mood to 'low'"),
        ("ALTER TYPE mood RENAME TO feeling", "type mood to feeling"),
        ("ALTER TABLE users SET SCHEMA billing", "table users to billing.users"),
        ('ALTER TABLE "Order" RENAME "userId" TO "ownerId"', '"Order"."userId" to "ownerId"'),
    ],
)
@pytest.mark.parametrize("phase", ["expand", "contract", "upgrade"])
def test_old_code_uses_it(phase: str, sql: str, what: str) -> None:
    assert f"{what}: the release" in assert_unsafe(RULE, **{phase: sql})


@pytest.mark.parametrize(
    "sqls",
    [
        ["ALTER INDEX ix_users_age RENAME TO ix"],
        ["ALTER TABLE users RENAME CONSTRAINT users_pkey TO pk_users"],
        ["ALTER TABLE users ADD COLUMN x int", "ALTER TABLE users RENAME COLUMN x TO y"],
        ["CREATE TABLE t (id int)", "ALTER TABLE t RENAME TO u"],
        ["ALTER TABLE users RENAME TO members", "CREATE VIEW users AS SELECT * FROM members"],
        [
            "ALTER TABLE billing.invoices RENAME TO bills",
            "CREATE VIEW billing.invoices AS SELECT b.total FROM billing.bills b",
        ],
    ],
)
def test_nobody_misses_the_old_name(sqls: list[str]) -> None:
    assert_safe(expand=sqls)


@pytest.mark.parametrize(
    "then",
    [
        "CREATE VIEW users AS SELECT id, email FROM members",
        "CREATE VIEW users AS SELECT * FROM posts",
        "CREATE TABLE users (LIKE members)",
        "CREATE VIEW billing.users AS SELECT * FROM members",
    ],
)
def test_not_everything_of_the_old_name_stands_in_for_the_table(then: str) -> None:
    assert_unsafe(RULE, expand=["ALTER TABLE users RENAME TO members", then])


def test_the_view_comes_in_the_transaction_of_the_rename() -> None:
    code = """
def expand() -> None:
    op.rename_table("users", "members")
    with op.get_context().autocommit_block():
        op.execute("CREATE VIEW users AS SELECT * FROM members")
"""
    assert_unsafe(RULE, code)


def test_a_scan_between_them_parts_the_view_from_the_rename() -> None:
    sqls = [
        "ALTER TABLE users RENAME TO members",
        "ALTER TABLE posts VALIDATE CONSTRAINT posts_check",
        "CREATE VIEW users AS SELECT * FROM members",
    ]
    assert_unsafe(RULE, expand=sqls)


def test_the_operation_cannot_be_parted() -> None:
    assert_safe('def expand() -> None:\n    op.rename_table_through_view("users", "members")\n')


@pytest.mark.parametrize("facts", [KNOWN, UNKNOWN], ids=["known", "unknown"])
def test_a_column_finds_its_sequence_by_any_name(facts: Facts) -> None:
    sql = "ALTER SEQUENCE users_id_seq RENAME TO people_id_seq"
    users = replace(USERS, sequences={"users_id_seq": "id"})
    owned = replace(facts, relations={**facts.relations, "users": users} if facts.known else {})
    assert_safe(contract=sql, facts=owned)
    assert_unsafe(RULE, expand=sql, facts=owned)


def test_nobody_owns_the_sequence() -> None:
    assert_unsafe(RULE, contract="ALTER SEQUENCE tickets RENAME TO numbers")


def test_a_swap_in_one_transaction_keeps_both_names() -> None:
    assert_safe(
        contract=[
            "ALTER TABLE users RENAME COLUMN age TO age_old",
            "ALTER TABLE users RENAME COLUMN locale TO age",
        ]
    )


def test_a_swap_before_contract_leaves_one_name_free() -> None:
    assert_unsafe(
        RULE,
        expand=[
            "ALTER TABLE users RENAME COLUMN age TO age_old",
            "ALTER TABLE users RENAME COLUMN locale TO age",
        ],
    )


def test_the_old_name_on_another_table_helps_nobody() -> None:
    assert_unsafe(
        RULE,
        contract=[
            "ALTER TABLE users RENAME COLUMN age TO years",
            "CREATE TABLE t (a int)",
            "ALTER TABLE t RENAME COLUMN a TO age",
        ],
    )


def test_an_empty_database_has_nobody_to_miss_it() -> None:
    assert_safe(expand="ALTER TABLE users RENAME TO members", fresh=True)
