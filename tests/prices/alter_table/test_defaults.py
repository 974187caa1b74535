"""DROP DEFAULT of a NOT NULL column makes INSERTs fail that leave it out."""

from __future__ import annotations

import pytest
from pricing import AE, after, assert_price, database

DROP = "ALTER TABLE posts ALTER n DROP DEFAULT"
LOCKS = {"posts": AE}
REFUSED = ("posts.n DROP DEFAULT",)


@pytest.mark.parametrize(
    ("column", "restricts"),
    [
        ("n int NOT NULL DEFAULT 1", REFUSED),
        ("n int DEFAULT 1", ()),
        ("n int NOT NULL", ()),
        ("n int DEFAULT 1 CHECK (n IS NOT NULL)", REFUSED),
    ],
)
def test_drop_default(column: str, restricts: tuple[str, ...]) -> None:
    facts = database(f"CREATE TABLE posts ({column})")
    assert_price(DROP, facts, kind="ALTER TABLE", locks=LOCKS, restricts=restricts)


def test_without_a_database_it_is_taken_to_restrict() -> None:
    assert_price(DROP, kind="ALTER TABLE", locks=LOCKS, restricts=REFUSED)


def test_set_default_restricts_nobody() -> None:
    assert_price("ALTER TABLE posts ALTER n SET DEFAULT 5", kind="ALTER TABLE", locks=LOCKS)


def test_of_a_new_table_it_restricts_nobody() -> None:
    facts = after("CREATE TABLE posts (n int NOT NULL DEFAULT 1)")
    assert_price(DROP, facts, kind="ALTER TABLE", locks=LOCKS)
