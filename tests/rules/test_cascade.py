from __future__ import annotations

import pytest
from judging import assert_safe, assert_unsafe, judged

RULE = "cascade"


def test_message() -> None:
    assert assert_unsafe(RULE, contract="DROP TABLE posts CASCADE") == (
        "DROP TABLE … CASCADE also drops what it does not name, and takes locks on tables that it "
        "does not name. See what depends on it, drop each by its name first, and then, without "
        'CASCADE:\n\n    op.execute("DROP TABLE posts")'
    )


@pytest.mark.parametrize(
    "sql",
    [
        "ALTER TABLE users DROP COLUMN username CASCADE",
        "ALTER TABLE users DROP CONSTRAINT users_pkey CASCADE",
        "TRUNCATE posts CASCADE",
        "DROP VIEW v CASCADE",
        "DROP TYPE mood CASCADE",
        "DROP SCHEMA billing CASCADE",
    ],
)
def test_cascades(sql: str) -> None:
    assert RULE in [each.rule for each in judged(contract=sql)]


def test_on_delete_cascade_is_another_thing() -> None:
    assert_safe(
        contract="ALTER TABLE posts ADD CONSTRAINT fk FOREIGN KEY (user_id) REFERENCES users (id) "
        "ON DELETE CASCADE NOT VALID"
    )


def test_restrict_is_the_default() -> None:
    assert_safe(contract="DROP TABLE posts RESTRICT")
