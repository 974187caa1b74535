"""RENAME: old code asks for the old name."""

from __future__ import annotations

import pytest
from pricing import AE, SUE, after, assert_price, database

LOCKS = {"posts": AE}


def test_a_column() -> None:
    sql = 'ALTER TABLE posts RENAME COLUMN title TO "Headline"'
    refused = ('posts.title RENAME TO "Headline"',)
    assert_price(sql, kind="ALTER TABLE RENAME COLUMN", locks=LOCKS, restricts=refused)


def test_a_column_that_old_code_does_not_know() -> None:
    sql = "ALTER TABLE posts RENAME COLUMN slug TO name"
    added = after("ALTER TABLE posts ADD slug text", database("CREATE TABLE posts (id int)"))
    assert_price(sql, added, kind="ALTER TABLE RENAME COLUMN", locks=LOCKS)
    created = after("CREATE TABLE posts (slug text)")
    assert_price(sql, created, kind="ALTER TABLE RENAME COLUMN", locks=LOCKS)


def test_a_table() -> None:
    sql = "ALTER TABLE posts RENAME TO articles"
    refused = ("posts RENAME TO articles",)
    assert_price(sql, kind="ALTER TABLE RENAME", locks=LOCKS, restricts=refused)
    facts = after("CREATE TABLE posts (slug text)")
    assert_price(sql, facts, kind="ALTER TABLE RENAME", locks=LOCKS)


def test_a_column_of_a_view_and_an_attribute_of_a_type() -> None:
    refused = ("x.a RENAME TO b",)
    sql = "ALTER MATERIALIZED VIEW x RENAME COLUMN a TO b"
    kind = "ALTER MATERIALIZED VIEW RENAME COLUMN"
    assert_price(sql, kind=kind, locks={"x": AE}, restricts=refused)
    sql = "ALTER TYPE x RENAME ATTRIBUTE a TO b"
    assert_price(sql, kind="ALTER TYPE RENAME ATTRIBUTE", restricts=refused)


def test_what_nobody_names() -> None:
    sql = "ALTER TABLE posts RENAME CONSTRAINT a TO b"
    assert_price(sql, kind="ALTER TABLE RENAME CONSTRAINT", locks=LOCKS)
    assert_price("ALTER INDEX i RENAME TO j", kind="ALTER INDEX RENAME", locks={"i": SUE})
    sql = "ALTER TRIGGER a ON posts RENAME TO b"
    assert_price(sql, kind="ALTER TRIGGER RENAME", locks=LOCKS)


def test_an_index_in_the_spelling_of_a_table() -> None:
    facts = database("CREATE TABLE posts (id int); CREATE INDEX i ON posts (id)")
    assert_price("ALTER TABLE i RENAME TO j", facts, kind="ALTER TABLE RENAME", locks={"i": AE})


@pytest.mark.parametrize(
    ("sql", "kind", "refused"),
    [
        ("ALTER TYPE mood RENAME TO state", "ALTER TYPE RENAME", "mood RENAME TO state"),
        ("ALTER SCHEMA a RENAME TO b", "ALTER SCHEMA RENAME", "a RENAME TO b"),
        ("ALTER FUNCTION f() RENAME TO g", "ALTER FUNCTION RENAME", "f RENAME TO g"),
    ],
)
def test_what_is_no_relation(sql: str, kind: str, refused: str) -> None:
    assert_price(sql, kind=kind, restricts=(refused,))
