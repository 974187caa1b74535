from __future__ import annotations

import pytest
from judging import assert_safe, assert_unsafe

RULE = "restricts_before_contract"


def test_message() -> None:
    sql = "ALTER TABLE users ADD CONSTRAINT ck_users_age CHECK (age >= 0) NOT VALID"
    assert assert_unsafe(RULE, expand=sql) == (
        "expand() begins to enforce check users.ck_users_age while the release that is running was "
        "written without it: its INSERTs and UPDATEs that break it fail from here on, NOT VALID or "
        "not. Restrict when no older release is left:\n\n"
        "    def contract() -> None:\n"
        f'        op.execute("{sql}")'
    )


def test_what_cannot_be_read_is_not_let_through() -> None:
    message = assert_unsafe(RULE, expand="CALL tidy()")
    assert message == (
        "What CALL does cannot be read from its text, so it may break the release that is running. "
        "Write the statements themselves, or say why it is harmless:\n\n"
        "    # phased: allow restricts_before_contract because <reason>\n"
        '    op.execute("CALL tidy()")'
    )


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE UNIQUE INDEX CONCURRENTLY uq ON users (email)",
        "ALTER TABLE posts ADD CONSTRAINT fk FOREIGN KEY (user_id) REFERENCES users (id) NOT VALID",
    ],
)
@pytest.mark.parametrize("phase", ["expand", "backfill"])
def test_restricts(phase: str, sql: str) -> None:
    assert_unsafe(RULE, **{phase: sql})


@pytest.mark.parametrize(
    "sqls",
    [
        ["CREATE TABLE t (id int)", "ALTER TABLE t ADD CONSTRAINT c CHECK (id > 0)"],
        [
            "ALTER TABLE users ADD COLUMN x int",
            "ALTER TABLE users ADD CONSTRAINT c CHECK (x > 0) NOT VALID",
        ],
        [
            "ALTER TABLE users ADD COLUMN x int",
            "CREATE UNIQUE INDEX CONCURRENTLY uq ON users (x)",
        ],
        ["ALTER TABLE users ALTER COLUMN username DROP NOT NULL"],
    ],
)
def test_what_touches_only_new_things_restricts_nobody(sqls: list[str]) -> None:
    assert_safe(expand=sqls)


def test_in_an_old_revision() -> None:
    assert_unsafe(RULE, upgrade="ALTER TABLE users ADD CONSTRAINT ck CHECK (age > 0) NOT VALID")


def test_contract_may_restrict() -> None:
    assert_safe(contract="ALTER TABLE users ADD CONSTRAINT ck CHECK (age >= 0) NOT VALID")


def test_an_empty_database_has_nobody_to_break() -> None:
    assert_safe(expand="ALTER TABLE users ALTER COLUMN email SET NOT NULL", fresh=True)
