"""DO: as much as can be read of its body."""

from __future__ import annotations

import pytest
from pricing import AE, AS, RE, assert_price

from phased.statements import is_unknown, parse


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


def test_commit_inside() -> None:
    assert not parse(do("COMMIT;"))[0].transactional


def test_another_language_is_unknown() -> None:
    assert is_unknown(parse("DO LANGUAGE plperl 'x'")[0])


def test_what_it_makes_is_known_after_it() -> None:
    (_, statement) = parse(do("CREATE TABLE a (id int);") + "; ALTER TABLE a ADD b int NOT NULL")
    assert statement.restricts == ()
