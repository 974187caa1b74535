"""CREATE INDEX."""

from __future__ import annotations

import pytest
from pricing import SUE, S, after, assert_price, database

from phased.statements import parse

POSTS = database("CREATE TABLE posts (id int, title text)")
ADDED = after("ALTER TABLE posts ADD slug text, ADD n int DEFAULT 1", POSTS)


def test_it_blocks_writes_while_it_reads() -> None:
    sql = "CREATE INDEX i ON posts (title)"
    assert_price(sql, kind="CREATE INDEX", locks={"posts": S}, scans="posts", creates="i")


def test_concurrently_blocks_nothing_and_cannot_run_in_a_transaction() -> None:
    assert_price(
        'CREATE INDEX CONCURRENTLY "I" ON a.posts (title)',
        kind="CREATE INDEX CONCURRENTLY",
        locks={"a.posts": SUE},
        scans="a.posts",
        transactional=False,
        creates='a."I"',
    )


def test_without_a_name() -> None:
    sql = "CREATE INDEX ON posts (title, lower(title), (id + 1))"
    (statement,) = parse(sql, facts=POSTS)
    assert statement.creates == {"posts_title_lower_expr_idx"}
    (again,) = parse(sql, facts=after(sql, POSTS))
    assert again.creates == {"posts_title_lower_expr_idx1"}


@pytest.mark.parametrize(
    ("index", "restricts"),
    [
        ("UNIQUE INDEX i ON posts (title)", ("unique index posts.i",)),
        ("UNIQUE INDEX i ON posts (lower(slug))", ()),
        ("UNIQUE INDEX i ON posts (title, slug)", ()),
        ("UNIQUE INDEX i ON posts (title, n)", ("unique index posts.i",)),
        ("UNIQUE INDEX i ON posts (coalesce(slug, ''))", ("unique index posts.i",)),
        ("UNIQUE INDEX i ON posts (lower(title))", ("unique index posts.i",)),
        ("UNIQUE INDEX i ON posts (lower(title || slug))", ("unique index posts.i",)),
        ("UNIQUE INDEX i ON posts (slug)", ()),
        ("UNIQUE INDEX i ON posts (slug, n)", ()),
        ("UNIQUE INDEX i ON posts (n)", ("unique index posts.i",)),
        ("UNIQUE INDEX i ON posts (slug) NULLS NOT DISTINCT", ("unique index posts.i",)),
        ("INDEX i ON posts (title)", ()),
    ],
)
def test_a_unique_one_restricts(index: str, restricts: tuple[str, ...]) -> None:
    assert parse(f"CREATE {index}", facts=ADDED)[0].restricts == restricts


def test_a_unique_one_on_a_new_table_restricts_nobody() -> None:
    facts = after("CREATE TABLE posts (title text)")
    assert parse("CREATE UNIQUE INDEX i ON posts (title)", facts=facts)[0].restricts == ()


def test_one_that_is_there_already() -> None:
    facts = after("CREATE INDEX i ON posts (title)", POSTS)
    sql = "CREATE INDEX IF NOT EXISTS i ON posts (title)"
    assert_price(sql, facts, kind="CREATE INDEX", locks={"posts": S})
