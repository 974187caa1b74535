from __future__ import annotations

import pytest
from judging import KNOWN, UNKNOWN, code_of, plan_of

from phased.lint import judge

RULE = "renamed_before_contract"
RENAME = """
def expand() -> None:
    op.rename_table_through_view("users", "people")

def contract() -> None:
    op.drop_view("users")
"""


def rules(contract: str, later: str = RENAME, *, known: bool = True) -> list[str]:
    facts = KNOWN if known else UNKNOWN
    earlier = plan_of(code_of(contract=contract), "1a2b", facts)
    found = judge([earlier, plan_of(later, "3c4d", facts)], facts)
    return [each.message for each in found if each.rule == RULE]


def test_message_names_both_and_the_command() -> None:
    [message] = rules("ALTER TABLE users DROP COLUMN username")
    assert message == (
        "The contract of 1a2b still changes users, and revision 3c4d (alembic/versions/3c4d.py), "
        "which is to run before it, renames users: by then the contract fails. Finish the contract "
        "before the later revision runs:\n\n    phased contract 1a2b"
    )


@pytest.mark.parametrize(
    "contract",
    [
        "ALTER TABLE users ALTER COLUMN email SET NOT NULL",
        "DROP INDEX CONCURRENTLY ix_users_age",
        "ALTER TABLE posts ADD FOREIGN KEY (user_id) REFERENCES users (id) NOT VALID",
    ],
)
def test_what_needs_the_old_name(contract: str) -> None:
    assert len(rules(contract)) == 1


@pytest.mark.parametrize(
    ("contract", "later"),
    [
        ("ALTER TABLE posts DROP COLUMN user_id", RENAME),
        ("UPDATE users SET locale = 'en'", RENAME),
        ("ALTER TABLE users DROP COLUMN username", "def expand() -> None:\n    pass\n"),
    ],
)
def test_something_else(contract: str, later: str) -> None:
    assert rules(contract, later) == []


def test_files_alone_do_not_say_whether_the_contract_has_run() -> None:
    assert rules("ALTER TABLE users DROP COLUMN username", known=False) == []


def test_the_contract_of_the_rename_itself() -> None:
    assert not [each for each in judge([plan_of(RENAME)], KNOWN) if each.rule == RULE]
