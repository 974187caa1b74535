"""ALTER COLUMN TYPE: what it refuses, and what is assumed where no database was asked."""

from __future__ import annotations

import pytest
from pricing import AE, after, assert_price, database

from phased.statements import parse


@pytest.mark.parametrize(
    ("old", "new", "refuses"),
    [
        ("varchar(50)", "varchar(100)", False),
        ("varchar(50)", "text", False),
        ("int", "bigint", False),
        ("bigint", "numeric", False),
        ("date", "timestamptz", False),
        ("text", "varchar(50)", True),
        ("varchar(100)", "varchar(50)", True),
        ("bigint", "int", True),
        ("text", "int USING n::int", True),
        ("numeric(10,2)", "numeric(12,4)", True),
        ("timestamp", "timestamptz", True),
    ],
)
def test_restricts_what_narrows(old: str, new: str, *, refuses: bool) -> None:
    facts = database(f"CREATE TABLE posts (n {old})")
    (statement,) = parse(f"ALTER TABLE posts ALTER n TYPE {new}", facts=facts)
    assert bool(statement.restricts) == refuses


def test_without_a_database_it_rewrites_and_restricts() -> None:
    assert_price(
        'ALTER TABLE posts ALTER "Is" TYPE varchar(5)',
        kind="ALTER TABLE",
        locks={"posts": AE},
        scans="posts",
        rewrites="posts",
        restricts=('posts."Is" TYPE character varying(5)',),
    )


def test_of_a_column_that_old_code_does_not_know() -> None:
    added = after("ALTER TABLE posts ADD n text", database("CREATE TABLE posts (id int)"))
    assert parse("ALTER TABLE posts ALTER n TYPE int USING 1", facts=added)[0].restricts == ()
    created = after("CREATE TABLE posts (n text)")
    assert parse("ALTER TABLE posts ALTER n TYPE int USING 1", facts=created)[0].restricts == ()


def test_the_time_zone_decides_about_timestamps() -> None:
    facts = database("CREATE TABLE posts (n timestamp)")
    sql = "ALTER TABLE posts ALTER n TYPE timestamptz"
    assert parse(sql, facts=facts)[0].rewrites == set()
    assert parse(f"SET timezone = 'Europe/Oslo'; {sql}", facts=facts)[1].rewrites == {"posts"}
