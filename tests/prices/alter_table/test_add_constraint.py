"""ADD CONSTRAINT: what it refuses, by what old code can write."""

from __future__ import annotations

import pytest
from pricing import AE, SRE, SUE, after, assert_price, database

from phased.statements import parse

TABLE = "CREATE TABLE posts (id int PRIMARY KEY, title text, n int NOT NULL DEFAULT 0)"
POSTS = database(TABLE)
ADDED = after("ALTER TABLE posts ADD slug text, ADD stars int NOT NULL DEFAULT 1", POSTS)


@pytest.mark.parametrize(
    ("constraint", "restricts"),
    [
        ("CHECK (title <> '')", ("check posts.posts_title_check",)),
        ("CONSTRAINT good CHECK (n > 0) NOT VALID", ("check posts.good",)),
        ('CONSTRAINT "Good" CHECK (n > 0)', ('check posts."Good"',)),
        ("CHECK (n > 0) NOT ENFORCED", ()),
        ("UNIQUE (title)", ("unique posts.posts_title_key",)),
        ("UNIQUE (title, n)", ("unique posts.posts_title_n_key",)),
        ("EXCLUDE USING btree (n WITH =)", ("exclusion posts.posts_n_excl",)),
        ("CONSTRAINT nn NOT NULL title NOT VALID", ("posts.title NOT NULL",)),
        ("CONSTRAINT nn NOT NULL n", ()),
        ("FOREIGN KEY (n) REFERENCES u NOT VALID", ("foreign key posts.posts_n_fkey",)),
    ],
)
def test_on_what_old_code_writes(constraint: str, restricts: tuple[str, ...]) -> None:
    (statement,) = parse(f"ALTER TABLE posts ADD {constraint}", facts=POSTS)
    assert statement.restricts == restricts


@pytest.mark.parametrize(
    ("constraint", "restricts"),
    [
        ("CHECK (slug <> '')", ()),
        ("CHECK (stars > 0)", ()),
        ("CHECK (slug <> '' AND stars > 0)", ()),
        ("CONSTRAINT c CHECK (slug IS NOT NULL)", ("check posts.c",)),
        ("CONSTRAINT c CHECK (coalesce(slug, '') <> '')", ("check posts.c",)),
        ("CONSTRAINT c CHECK (num_nonnulls(slug, stars) = 2)", ("check posts.c",)),
        ("CONSTRAINT c CHECK (slug IS DISTINCT FROM NULL)", ("check posts.c",)),
        ("CONSTRAINT c CHECK (slug <> title)", ("check posts.c",)),
        ("CHECK (stars IS NOT NULL)", ()),
        ("UNIQUE (slug)", ()),
        ("UNIQUE (slug, stars)", ()),
        ("CONSTRAINT u UNIQUE NULLS NOT DISTINCT (slug)", ("unique posts.u",)),
        ("CONSTRAINT u UNIQUE (stars)", ("unique posts.u",)),
        ("CONSTRAINT u UNIQUE (slug, title)", ("unique posts.u",)),
        ("CONSTRAINT nn NOT NULL slug NOT VALID", ("posts.slug NOT NULL",)),
        ("CONSTRAINT nn NOT NULL stars", ()),
        ("FOREIGN KEY (slug) REFERENCES u NOT VALID", ()),
        ("CONSTRAINT f FOREIGN KEY (slug, title) REFERENCES u NOT VALID", ("foreign key posts.f",)),
    ],
)
def test_on_what_this_revision_added(constraint: str, restricts: tuple[str, ...]) -> None:
    (statement,) = parse(f"ALTER TABLE posts ADD {constraint}", facts=ADDED)
    assert statement.restricts == restricts


@pytest.mark.parametrize(
    "constraint", ["CHECK (n > 0)", "UNIQUE (title)", "FOREIGN KEY (n) REFERENCES u", "NOT NULL n"]
)
def test_on_a_new_table(constraint: str) -> None:
    (statement,) = parse(f"ALTER TABLE posts ADD {constraint}", facts=after(TABLE))
    assert statement.restricts == ()


def test_a_foreign_key_blocks_writes_on_both_tables() -> None:
    sql = "ALTER TABLE posts ADD CONSTRAINT f FOREIGN KEY (n) REFERENCES users (id) NOT VALID"
    locks = {"posts": SRE, "users": SRE}
    assert_price(sql, kind="ALTER TABLE", locks=locks, restricts=("foreign key posts.f",))


def test_a_unique_constraint_from_an_index_refuses_nothing_new() -> None:
    sql = "ALTER TABLE posts ADD CONSTRAINT u UNIQUE USING INDEX i"
    assert_price(sql, kind="ALTER TABLE", locks={"posts": AE, "i": SUE})


def test_a_primary_key_from_an_index_may_set_not_null() -> None:
    sql = "ALTER TABLE posts ADD CONSTRAINT k PRIMARY KEY USING INDEX i"
    locks = {"posts": AE, "i": SUE}
    refused = ("primary key posts.k",)
    assert_price(sql, kind="ALTER TABLE", locks=locks, scans="posts", restricts=refused)
    facts = database("CREATE TABLE posts (n int NOT NULL); CREATE UNIQUE INDEX i ON posts (n)")
    assert_price(sql, facts, kind="ALTER TABLE", locks=locks)
