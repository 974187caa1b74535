"""Names are exchanged where the parser finds them, and nowhere else."""

from __future__ import annotations

import pytest

from phased.errors.revisions import SqlSyntax
from phased.syntax import splicing

TO_COPY = {("Sales dept", "User"): 'pg_temp."User"'}


def test_relations() -> None:
    sql = """SELECT 'é "Sales dept"."User"', u."User" FROM "Sales dept"."User" u, other."User\""""
    assert splicing.relations(sql, TO_COPY) == (
        """SELECT 'é "Sales dept"."User"', u."User" FROM pg_temp."User" u, other."User\""""
    )


def test_a_relation_without_its_schema() -> None:
    names = {("", "users"): "sales.users"}
    assert splicing.relations("SELECT users.id FROM users", names) == (
        "SELECT users.id FROM sales.users"
    )
    hidden = "WITH users AS (SELECT 1) SELECT * FROM users"
    assert splicing.relations(hidden, names) == hidden


def test_columns() -> None:
    values = {"old one": lambda qualifier: f"({qualifier}new)::text"}
    sql = """SELECT u."old one" || 'é', "old one" AS "old one" FROM "old one" u"""
    assert splicing.columns(sql, values) == (
        """SELECT (u.new)::text || 'é', (new)::text AS "old one" FROM "old one" u"""
    )


def test_an_expression_by_itself() -> None:
    assert splicing.columns("(a > b)", {"b": lambda _: "(c + 1)"}, "SELECT ") == "(a > (c + 1))"
    with pytest.raises(SqlSyntax):
        splicing.columns("a >", {}, "SELECT ")


def test_update_of() -> None:
    sql = """CREATE TRIGGER t AFTER INSERT OR UPDATE OF a, "b c" ON t WHEN ((new."b c" > 0))"""
    sql += " EXECUTE FUNCTION f('a')"
    found = splicing.update_of(sql, {"b c": '"b c", d', "a": "e"})
    assert found == sql.replace('OF a, "b c"', 'OF e, "b c", d')
