"""What is known after a statement: the comparison with the catalog is in tests/postgres."""

from __future__ import annotations

from pricing import after, database

from phased.fact import ColumnFacts, ConstraintFacts, Facts, IndexFacts, RelationFacts
from phased.statements import evolve, parse

POSTS = "CREATE TABLE posts (id bigint PRIMARY KEY, title text NOT NULL DEFAULT 'x')"


def test_a_created_table_is_known_and_new() -> None:
    facts = after(POSTS)
    assert facts.created == {"posts"}
    assert facts.added_columns == frozenset()
    assert facts.relations == {
        "posts": RelationFacts(
            rows=0,
            columns={
                "id": ColumnFacts("bigint", not_null=True),
                "title": ColumnFacts("text", not_null=True, default="'x'"),
            },
            constraints={"posts_pkey": ConstraintFacts("p", ("id",), index="posts_pkey")},
            indexes={"posts_pkey": IndexFacts("posts", ("id",), unique=True)},
        )
    }


def test_a_dropped_table_is_neither() -> None:
    facts = after(f"{POSTS}; DROP TABLE posts")
    assert (facts.relations, facts.created) == ({}, frozenset())


def test_an_added_column_is_the_revisions() -> None:
    facts = after('ALTER TABLE "Order" ADD "userId" int', database('CREATE TABLE "Order" (id int)'))
    assert facts.added_columns == {'"Order"."userId"'}
    assert facts.created == frozenset()


def test_an_added_column_keeps_its_place_through_renames() -> None:
    start = database(POSTS)
    sql = "ALTER TABLE posts ADD n int; ALTER TABLE posts RENAME n TO m;"
    sql += "ALTER TABLE posts RENAME TO p"
    assert after(sql, start).added_columns == {"p.m"}
    assert after(f"{sql}; ALTER TABLE p DROP m", start).added_columns == frozenset()


def test_a_table_that_nobody_asked_about_is_known_in_part() -> None:
    sql = "ALTER TABLE posts ADD CONSTRAINT c CHECK (a > 0 AND b IS NOT NULL) NOT VALID"
    facts = after(sql, Facts())
    assert facts.relations == {
        "posts": RelationFacts(
            constraints={
                "c": ConstraintFacts(
                    "c",
                    ("a", "b"),
                    "CHECK (a > 0 AND b IS NOT NULL)",
                    validated=False,
                    proves_not_null=frozenset({"b"}),
                )
            }
        )
    }


def test_a_column_that_nobody_asked_about_has_no_type() -> None:
    facts = after("ALTER TABLE posts ALTER a TYPE int, ALTER a SET NOT NULL", Facts())
    assert facts.relations["posts"].columns == {"a": ColumnFacts("", not_null=True)}


def test_validate_makes_valid_on_partitions_too() -> None:
    facts = after(
        "CREATE TABLE e (id int) PARTITION BY RANGE (id);"
        "CREATE TABLE e1 PARTITION OF e FOR VALUES FROM (0) TO (9);"
        "ALTER TABLE e ADD CONSTRAINT c CHECK (id > 0) NOT VALID"
    )
    assert [facts.relations[name].constraints["c"].validated for name in ("e", "e1")] == [False] * 2
    facts = after("ALTER TABLE e VALIDATE CONSTRAINT c", facts)
    assert [facts.relations[name].constraints["c"].validated for name in ("e", "e1")] == [True] * 2


def test_a_settings_statement_changes_how_the_next_is_read() -> None:
    facts = after("SET TIME ZONE 'Europe/Oslo'; SET search_path TO app, public")
    assert (facts.time_zone, facts.search_path) == ("Europe/Oslo", ("app", "public"))


def test_a_function_that_was_just_made_is_known() -> None:
    facts = after(
        "CREATE FUNCTION a() RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN 1; END';"
        "CREATE FUNCTION b() RETURNS int LANGUAGE plpgsql STABLE AS 'BEGIN RETURN 1; END';"
        "CREATE FUNCTION c() RETURNS int LANGUAGE sql AS 'SELECT 1';"
        "CREATE FUNCTION d() RETURNS float LANGUAGE sql AS 'SELECT random()'"
    )
    assert facts.volatile == {"a", "d"}
    assert facts.steady == {"b", "c"}


def test_the_facts_before_are_left_as_they_were() -> None:
    before = database(POSTS)
    (statement,) = parse("ALTER TABLE posts DROP COLUMN title", facts=before)
    evolve(before, statement)
    assert before == database(POSTS)


def test_a_statement_of_unknown_effect_changes_nothing() -> None:
    before = database(POSTS)
    assert after("CALL whatever()", before) == before
