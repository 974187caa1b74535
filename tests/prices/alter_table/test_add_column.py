"""ADD COLUMN: what it refuses, and what is assumed where no database was asked."""

from __future__ import annotations

import pytest
from pricing import AE, SRE, after, assert_price, database

from phased.statements import parse

POSTS = database("CREATE TABLE posts (id int)")


@pytest.mark.parametrize(
    ("column", "restricts"),
    [
        ("slug text", ()),
        ("slug text NOT NULL DEFAULT ''", ()),
        ("slug text DEFAULT NULL", ()),
        ("slug text CHECK (slug <> '')", ()),
        ("slug text UNIQUE", ()),
        ("slug text NOT NULL", ("posts.slug NOT NULL",)),
        ("slug text NOT NULL DEFAULT NULL", ("posts.slug NOT NULL",)),
        ("slug text CHECK (slug IS NOT NULL)", ("posts.slug NOT NULL",)),
        ('"Is" int PRIMARY KEY', ('posts."Is" NOT NULL',)),
        ("slug text DEFAULT 'x' UNIQUE", ("unique posts.slug",)),
        ("n int GENERATED ALWAYS AS IDENTITY", ()),
        ("n serial UNIQUE", ()),
    ],
)
def test_restricts(column: str, restricts: tuple[str, ...]) -> None:
    (statement,) = parse(f"ALTER TABLE posts ADD COLUMN {column}", facts=POSTS)
    assert statement.restricts == restricts


def test_a_new_table_restricts_nobody() -> None:
    facts = after("CREATE TABLE posts (id int)")
    sql = "ALTER TABLE posts ADD n int NOT NULL"
    assert_price(sql, facts, kind="ALTER TABLE", locks={"posts": AE}, scans="posts")


def test_a_sequence_is_created_for_serial() -> None:
    assert_price(
        "ALTER TABLE posts ADD n serial",
        POSTS,
        kind="ALTER TABLE",
        locks={"posts": AE},
        scans="posts",
        rewrites="posts",
        creates="posts_n_seq",
    )


@pytest.mark.parametrize(
    ("default", "rewrites"),
    [("now()", False), ("lower('X')", False), ("mine()", True), ("random()", True)],
)
def test_a_function_nobody_asked_about_may_be_volatile(default: str, *, rewrites: bool) -> None:
    (statement,) = parse(f"ALTER TABLE posts ADD n text DEFAULT {default}")
    assert statement.rewrites == ({"posts"} if rewrites else set())


def test_references_lock_the_referenced_table() -> None:
    sql = "ALTER TABLE posts ADD author_id bigint REFERENCES users"
    assert_price(sql, kind="ALTER TABLE", locks={"posts": AE, "users": SRE})
