from __future__ import annotations

from dataclasses import replace

import pytest
from judging import KNOWN, USERS, assert_safe, assert_unsafe

from phased.fact import Hanging

RULE = "dependent_blocks_drop"
DROP = "ALTER TABLE users DROP COLUMN username"
VIEW = Hanging("view", ("view", "Active"), 'view reports."Active"', blocks=True)
POLICY = Hanging("policy", ("policy", "own"), "policy own on table users", blocks=True)
INDEX = Hanging("index", ("index", "ix_users_username"), "index ix_users_username")


def hanging(*held: Hanging, on: str = "users") -> object:
    partition = replace(USERS, partitions=("users_1",)) if on != "users" else USERS
    relations = {"users": partition, on: replace(partition, hanging={"username": held})}
    return replace(KNOWN, relations={**KNOWN.relations, **relations})


def test_a_view_that_reads_it() -> None:
    message = assert_unsafe(RULE, contract=DROP, facts=hanging(VIEW))
    assert message.startswith('view reports."Active" in this database still reads users.username')
    assert 'op.execute("CREATE OR REPLACE VIEW \\"Active\\" AS SELECT ...")' in message


def test_several_things_are_one_finding() -> None:
    message = assert_unsafe(RULE, contract=DROP, facts=hanging(VIEW, POLICY, INDEX))
    assert 'view reports."Active", policy own on table users in this database still read' in message
    assert 'op.execute("ALTER POLICY own ON users USING (...)")' in message


@pytest.mark.parametrize(
    "sql",
    [
        'CREATE OR REPLACE VIEW reports."Active" AS SELECT handle AS username FROM users',
        'DROP VIEW reports."Active"',
    ],
)
def test_the_revision_says_what_becomes_of_it(sql: str) -> None:
    assert_safe(contract=[sql, DROP], facts=hanging(VIEW))


def test_a_view_that_a_name_alone_is_not_enough_for() -> None:
    assert_unsafe(RULE, contract=["ANALYZE users", DROP], facts=hanging(VIEW))
    sql = "CREATE OR REPLACE VIEW active AS SELECT id FROM posts"  # not "Active"
    assert_unsafe(RULE, contract=[sql, DROP], facts=hanging(VIEW))


def test_a_view_on_a_partition() -> None:
    assert_unsafe(RULE, contract=DROP, facts=hanging(VIEW, on="users_1"))


def test_what_goes_with_the_column() -> None:
    assert_safe(contract=DROP, facts=hanging(INDEX))


def test_another_column() -> None:
    assert_safe(contract="ALTER TABLE users DROP COLUMN locale", facts=hanging(VIEW))
