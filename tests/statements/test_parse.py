"""The text of an SQL script becomes statements, each seeing what the ones before it did."""

from __future__ import annotations

import pytest
from pricing import AE, SRE, assert_price, database

from phased.errors.revisions import SqlSyntax
from phased.fact import Facts
from phased.model import Statement
from phased.statements import is_unknown, parse


def test_nothing_is_no_statement() -> None:
    assert parse("") == []
    assert parse("  ;; -- a comment\n") == []


def test_text_is_kept_without_semicolon_and_surroundings() -> None:
    sql = "  -- first\nSELECT 1 /* one */ ;\n\nSELECT  'ü;'  ;SELECT\n 3"
    assert [s.sql for s in parse(sql)] == ["SELECT 1 /* one */", "SELECT  'ü;'", "SELECT\n 3"]


def test_a_later_statement_sees_an_earlier_one() -> None:
    proof = "ALTER TABLE posts ADD CONSTRAINT proof CHECK (title IS NOT NULL) NOT VALID"
    validate = "ALTER TABLE posts VALIDATE CONSTRAINT proof"
    needs = "ALTER TABLE posts ALTER COLUMN title SET NOT NULL"
    assert parse(f"{proof}; {needs}")[1].scans == {"posts"}
    assert parse(f"{proof}; {validate}; {needs}")[2].scans == frozenset()


def test_an_earlier_part_of_the_same_alter_table_is_seen() -> None:
    facts = database("CREATE TABLE posts (id int)")
    sql = "ALTER TABLE posts ADD n int, ADD CONSTRAINT c CHECK (n > 0) NOT VALID"
    assert_price(sql, facts, kind="ALTER TABLE", locks={"posts": AE})


def test_a_syntax_error_says_where() -> None:
    with pytest.raises(SqlSyntax) as caught:
        parse("SELECT 1;\nALTER TABEL posts ADD x int")
    assert caught.value.facts == {
        "sql": "SELECT 1;\nALTER TABEL posts ADD x int",
        "position": 17,
        "detail": 'syntax error at or near "TABEL"',
        "near": "ALTER TABEL posts ADD x int",
    }
    assert "Nothing was run" in str(caught.value)


@pytest.mark.parametrize(
    ("sql", "near"),
    [
        ("ALTR", "ALTR"),
        ("SELECT\n  (\n\n", "("),
        ("SELECT 'ü';\n  UPDAT t;\nSELECT 2", "UPDAT t;"),
        ("SELECT 1;\nSELECT 'open\n", "SELECT 'open"),
    ],
)
def test_a_syntax_error_shows_its_line(sql: str, near: str) -> None:
    with pytest.raises(SqlSyntax) as caught:
        parse(sql)
    assert caught.value.facts["near"] == near


def test_what_is_not_known_says_so_and_passes_for_the_worst() -> None:
    (statement,) = parse("CALL whatever()")
    assert is_unknown(statement)
    assert statement == Statement(
        "CALL whatever()", "unknown: CALL", {}, restricts=("anything: CALL cannot be judged",)
    )


def test_what_is_known_is_not_unknown() -> None:
    assert not is_unknown(parse("SELECT 1")[0])


def test_names_are_as_regclass_prints_them() -> None:
    facts = Facts(schema="app", search_path=("app", "public"))
    sql = 'ALTER TABLE app."Order" ADD FOREIGN KEY (a) REFERENCES public.users NOT VALID'
    assert parse(sql, facts=facts)[0].locks == {'"Order"': SRE, "public.users": SRE}


def test_a_name_without_schema_is_looked_for_on_the_search_path() -> None:
    facts = database("CREATE SCHEMA app; CREATE TABLE app.users (id int); SET search_path = app")
    assert parse("DROP TABLE users", facts=facts)[0].locks == {"app.users": AE}


def test_a_new_table_is_made_in_the_first_schema_of_the_search_path() -> None:
    facts = database(
        "CREATE TABLE users (id int); CREATE SCHEMA app; SET search_path = app, public"
    )
    assert parse("CREATE TABLE users (id int)", facts=facts)[0].creates == {"app.users"}
    assert parse("DROP TABLE users", facts=facts)[0].locks == {"users": AE}
