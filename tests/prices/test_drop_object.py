"""DROP of views, types, functions and the like."""

from __future__ import annotations

import pytest
from pricing import AE, after, assert_price, database


@pytest.mark.parametrize(
    ("what", "lost"),
    [
        ("FUNCTION f(int)", "function f"),
        ("TYPE mood", "type mood"),
        ("DOMAIN word", "domain word"),
        ("SCHEMA archive", "schema archive"),
        ("EXTENSION citext", "extension citext"),
        ("PROCEDURE a.p", "procedure a.p"),
    ],
)
def test_lost(what: str, lost: str) -> None:
    assert_price(f"DROP {what}", kind=f"DROP {what.split(maxsplit=1)[0]}", destroys=(lost,))


@pytest.mark.parametrize("word", ["VIEW", "MATERIALIZED VIEW", "SEQUENCE"])
def test_relations_are_locked(word: str) -> None:
    lost = (f"{word.lower()} x",)
    assert_price(f"DROP {word} x", kind=f"DROP {word}", locks={"x": AE}, destroys=lost)


@pytest.mark.parametrize("word", ["TRIGGER", "POLICY", "RULE"])
def test_what_is_on_a_table_holds_no_data(word: str) -> None:
    assert_price(f"DROP {word} x ON a.posts", kind=f"DROP {word}", locks={"a.posts": AE})


def test_what_the_revision_made_is_no_loss() -> None:
    facts = after("CREATE TYPE mood AS ENUM ('a'); CREATE VIEW v AS SELECT 1")
    assert_price("DROP TYPE mood", after("CREATE DOMAIN mood AS int", facts), kind="DROP TYPE")
    assert_price("DROP VIEW v", facts, kind="DROP VIEW", locks={"v": AE})


def test_a_type_takes_its_columns_along() -> None:
    facts = database("CREATE TABLE posts (m mood, n mood[], o text)")
    lost = ("type mood", "column posts.m", "column posts.n")
    sql = "DROP TYPE mood CASCADE"
    assert_price(sql, facts, kind="DROP TYPE", locks={"posts": AE}, destroys=lost)


def test_a_schema_takes_its_tables_along() -> None:
    facts = database("CREATE SCHEMA a; CREATE TABLE a.posts (id int)")
    lost = ("schema a", "table a.posts")
    sql = "DROP SCHEMA a CASCADE"
    assert_price(sql, facts, kind="DROP SCHEMA", locks={"a.posts": AE}, destroys=lost)
