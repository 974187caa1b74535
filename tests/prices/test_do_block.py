"""DO: as much as can be read of its body."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pricing import AE, AS, RE, assert_price

from phased.statements import is_unknown, parse

if TYPE_CHECKING:
    from phased.model import Lock


def do(body: str) -> str:
    return f"DO $$ BEGIN {body} END $$"


def test_statements_in_branches_and_loops() -> None:
    body = (
        "IF true THEN UPDATE a SET x = 1; END IF;"
        "FOR i IN 1..3 LOOP EXECUTE 'ALTER TABLE b DROP c'; END LOOP;"
        "PERFORM 1 FROM d;"
    )
    locks = {"a": RE, "b": AE, "d": AS}
    assert_price(do(body), kind="DO", locks=locks, scans="a d", destroys=("column b.c",))


@pytest.mark.parametrize(
    "body",
    ["EXECUTE format('DROP TABLE %I', x);", "EXECUTE x;", "CALL p();", "EXECUTE 'this is no sql';"],
)
def test_what_is_put_together_at_run_time_is_unknown(body: str) -> None:
    (statement,) = parse(do(f"{body} UPDATE a SET x = 1;"))
    assert is_unknown(statement)
    assert statement.locks == {"a": RE}
    assert statement.restricts != ()


@pytest.mark.parametrize(
    ("body", "locks"),
    [
        ("EXECUTE format('GRANT %s ON a TO %I WITH GRANT OPTION', x, y);", {"a": AS}),
        ("EXECUTE format('GRANT %s (%I) ON \"50 %%\" TO PUBLIC', x, y);", {'"50 %"': AS}),
        ("EXECUTE format('ALTER VIEW a OWNER TO %I', x);", {"a": AE}),
    ],
)
def test_rights_cost_the_same_whoever_gets_them(body: str, locks: dict[str, Lock]) -> None:
    assert_price(do(body), kind="DO", locks=locks)


@pytest.mark.parametrize(
    "call",
    [
        "format('GRANT SELECT ON %I TO b', x)",
        "format('GRANT SELECT ON a TO b; DROP TABLE %I', x)",
        "format('ALTER VIEW a OWNER TO b; DROP VIEW a')",
        "format('ALTER TABLE a ADD COLUMN %I int', x)",
        "format('%s', x)",
        "format(x, y)",
        "f('GRANT SELECT ON a TO b')",
    ],
)
def test_a_format_that_could_be_anything(call: str) -> None:
    (statement,) = parse(do(f"EXECUTE {call};"))
    assert is_unknown(statement)


def test_commit_inside() -> None:
    assert not parse(do("COMMIT;"))[0].transactional


def test_another_language_is_unknown() -> None:
    assert is_unknown(parse("DO LANGUAGE plperl 'x'")[0])


def test_what_it_makes_is_known_after_it() -> None:
    (_, statement) = parse(do("CREATE TABLE a (id int);") + "; ALTER TABLE a ADD b int NOT NULL")
    assert statement.restricts == ()
