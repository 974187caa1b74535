"""COMMENT."""

from __future__ import annotations

from pricing import AS, SUE, assert_price


def test_on_relations() -> None:
    for what in ("TABLE posts", "INDEX posts", "VIEW posts", "COLUMN posts.title"):
        assert_price(f"COMMENT ON {what} IS 'x'", kind="COMMENT", locks={"posts": SUE})


def test_on_what_is_on_a_table() -> None:
    for what in ("CONSTRAINT c", "TRIGGER t", "POLICY p"):
        assert_price(f"COMMENT ON {what} ON a.posts IS 'x'", kind="COMMENT", locks={"a.posts": AS})


def test_on_what_is_no_relation() -> None:
    for what in ("SCHEMA a", "TYPE mood", "FUNCTION f(int)", "EXTENSION citext", "DATABASE d"):
        assert_price(f"COMMENT ON {what} IS NULL", kind="COMMENT")
