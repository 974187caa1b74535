"""Every kind of statement gets a price, in whatever form, and few of them are unknown."""

from __future__ import annotations

from pathlib import Path

import pytest
from pricing import database

from phased.fact import Facts
from phased.statements import evolve, is_unknown, parse
from phased.syntax import tree

STATEMENTS = [
    sql for sql, _, _ in tree.split(Path(__file__).with_name("every_statement.sql").read_text())
]
SOME = database(
    "CREATE TABLE x (a int, b int, y int, id int PRIMARY KEY);"
    "CREATE TABLE y (a int REFERENCES x, id int); CREATE TABLE t (a int, b text);"
    "CREATE TABLE a (id int) PARTITION BY RANGE (id); CREATE VIEW v AS SELECT * FROM x"
)
UNKNOWN = {"ALTER TABLE MOVE ALL", "CALL", "DO", "DROP OWNED", "EXECUTE", "REASSIGN OWNED"}


@pytest.mark.parametrize("facts", [None, Facts(server=14, known=True), SOME])
@pytest.mark.parametrize("sql", STATEMENTS)
def test_it_has_a_price_and_an_effect(sql: str, facts: Facts | None) -> None:
    (statement,) = parse(sql, facts=facts)
    assert statement.sql == sql
    assert statement.kind
    after = evolve(facts or Facts(), statement)
    assert parse(sql, facts=after) != []


def test_the_unknown_ones() -> None:
    found = {s.kind for sql in STATEMENTS for s in parse(sql) if is_unknown(s)}
    assert found == {f"unknown: {name}" for name in UNKNOWN}
