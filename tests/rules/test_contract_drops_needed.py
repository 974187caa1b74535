from __future__ import annotations

import pytest
from judging import KNOWN, code_of, plan_of

from phased.lint import judge
from phased.model import Phase

RULE = "contract_drops_needed"
DROP_COLUMN = "ALTER TABLE users DROP COLUMN username"
DROP_TABLE = "DROP TABLE posts"


def rules(dropping: str, **later: str) -> list[str]:
    earlier = plan_of(code_of(contract=dropping), "1a2b")
    found = judge([earlier, plan_of(code_of(**later), "3c4d")], KNOWN)
    return [each.message for each in found if each.rule == RULE]


def test_message_names_both_and_the_command() -> None:
    found = rules(DROP_COLUMN, expand="CREATE INDEX CONCURRENTLY ix ON users (username)")
    assert len(found) == 1
    assert found[0] == (
        "The contract of 1a2b drops column users.username, and revision 3c4d "
        "(alembic/versions/3c4d.py), which is still to run, touches it. Finish the contract before "
        "the later revision runs:\n\n    phased contract 1a2b"
    )


@pytest.mark.parametrize(
    ("contract", "later"),
    [
        (DROP_COLUMN, "ALTER TABLE users ADD COLUMN username int"),
        (DROP_COLUMN, "UPDATE users SET locale = username"),
        (DROP_COLUMN, 'ALTER TABLE users ALTER COLUMN "username" DROP NOT NULL'),
        (DROP_TABLE, "ALTER TABLE posts ADD COLUMN x int"),
        (DROP_TABLE, "CREATE TABLE posts (id int)"),
        (DROP_TABLE, "CREATE TABLE likes (post_id bigint REFERENCES posts (id))"),
        ('ALTER TABLE "Order" DROP COLUMN "userId"', 'UPDATE "Order" SET id = "userId"'),
    ],
)
@pytest.mark.parametrize("phase", Phase)
def test_touches(contract: str, later: str, phase: Phase) -> None:
    assert len(rules(contract, **{phase.word: later})) == 1


@pytest.mark.parametrize(
    ("contract", "later"),
    [
        (DROP_COLUMN, "ALTER TABLE users ADD COLUMN handle int"),
        (DROP_COLUMN, "ALTER TABLE posts ADD COLUMN username int"),
        (DROP_COLUMN, "UPDATE users SET locale = 'username'"),
        (DROP_TABLE, "ALTER TABLE users ADD COLUMN posts int"),
        ('ALTER TABLE "Order" DROP COLUMN "userId"', 'ALTER TABLE "Order" ADD userid int'),
    ],
)
def test_something_else(contract: str, later: str) -> None:
    assert rules(contract, expand=later) == []


def test_an_earlier_revision_is_not_asked() -> None:
    touching = plan_of(code_of(expand="ALTER TABLE users ADD COLUMN x int"), "1a2b")
    dropping = plan_of(code_of(contract=DROP_COLUMN), "3c4d")
    assert judge([touching, dropping], KNOWN) == []
