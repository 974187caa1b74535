from __future__ import annotations

from phased.fact import ConstraintFacts, Facts, RelationFacts
from phased.guards.locks import in_order, references, strongest
from phased.model import Lock, Phase, Statement, Step
from phased.statements import parse


def step(*sql: str) -> Step:
    return Step(Phase.EXPAND, 0, tuple(one for text in sql for one in parse(text)))


def test_the_strongest_lock_of_each_table() -> None:
    found = strongest(
        step(
            "COMMENT ON TABLE a IS 'x'",
            "ALTER TABLE a ADD x int",
            "COMMENT ON TABLE a IS 'y'",
            "COMMENT ON TABLE b IS 'x'",
            "INSERT INTO c VALUES (1)",
        )
    )
    assert found == {"a": Lock.ACCESS_EXCLUSIVE, "b": Lock.SHARE_UPDATE_EXCLUSIVE}


def test_referenced_tables_come_first() -> None:
    refers = {"a": {"b"}, "b": {"c"}, "d": {"elsewhere"}}
    assert in_order(["a", "d", "c", "b"], refers) == ["c", "d", "b", "a"]


def test_the_order_is_the_same_however_it_is_asked_for() -> None:
    refers = {"z": {"a", "b", "c", "d", "e"}}
    names = ["z", "e", "d", "c", "b", "a"]
    assert in_order(names, refers) == in_order(reversed(names), refers) == sorted(names)


def test_a_circle_goes_by_name() -> None:
    assert in_order(["b", "a"], {"a": {"b"}, "b": {"a"}}) == ["a", "b"]


def test_a_table_that_refers_to_itself() -> None:
    assert in_order(["a"], {"a": {"a"}}) == ["a"]


def test_references_before_and_after_the_step() -> None:
    held = ConstraintFacts("f", ("x",), references="parents")
    facts = Facts(
        relations={
            "children": RelationFacts(constraints={"f": held}),
            "parents": RelationFacts(),
            "part": RelationFacts(parent="whole"),
        }
    )
    adds = "ALTER TABLE parents ADD CONSTRAINT g FOREIGN KEY (x) REFERENCES ancestors (x) NOT VALID"
    found = references(step("ALTER TABLE children DROP CONSTRAINT f", adds), facts)
    assert found["children"] == {"parents"}
    assert found["parents"] == {"ancestors"}
    assert found["part"] == {"whole"}


def test_no_statement_no_lock() -> None:
    assert strongest(Step(Phase.EXPAND, 0, (Statement("SELECT 1", "SELECT", {}),))) == {}
