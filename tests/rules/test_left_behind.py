from __future__ import annotations

from dataclasses import replace

import pytest
from judging import KNOWN, USERS, assert_safe, assert_unsafe

from phased.fact import Hanging

RULE = "left_behind"
HANGING = (
    Hanging("index", ("index", "by Mail"), 'index "by Mail"'),
    Hanging("column privilege", ("grant", "reports", "select"), "SELECT (email) of reports"),
    Hanging("setting", ("alter", "statistics"), "statistics target 500"),
    Hanging("view", ("view", "mails"), "view mails", blocks=True),
)
FACTS = replace(
    KNOWN, relations={**KNOWN.relations, "users": replace(USERS, hanging={"email": HANGING})}
)
BEGIN = """
def expand():
    op.add_column("users", sa.Column("mail", sa.Text()))
    op.sync_columns("users", old="email", new="mail")
    {carried}

def backfill():
    op.backfill("users", {{"mail": "email"}})
"""
END = """
def contract():
    op.execute("CREATE OR REPLACE VIEW mails AS SELECT mail AS email FROM users")
    op.unsync_columns("users", old="email", new="mail")
    op.drop_column("users", "email")
"""
CARRIED = """
    op.create_index("by Mail new", "users", ["mail"], postgresql_concurrently=True)
    op.execute('ALTER INDEX "by Mail" RENAME TO "older Mail"')
    op.carry("GRANT SELECT (mail) ON users TO reports")
    op.carry("ALTER TABLE users ALTER COLUMN mail SET STATISTICS 500")
"""


def test_what_the_revision_does_not_mention() -> None:
    message = assert_unsafe(RULE, BEGIN.format(carried="") + END, facts=FACTS)
    assert message.startswith(
        'index "by Mail", SELECT (email) of reports, statistics target 500: this database has that'
    )


def test_what_it_mentions() -> None:
    assert_safe(BEGIN.format(carried=CARRIED.strip()) + END, facts=FACTS)


@pytest.mark.parametrize("grantee", ["report", "reports_too"])
def test_a_grant_to_another_role(grantee: str) -> None:
    carried = CARRIED.strip().replace("TO reports", f"TO {grantee}")
    message = assert_unsafe(RULE, BEGIN.format(carried=carried) + END, facts=FACTS)
    assert message.startswith("SELECT (email) of reports: ")


def test_it_has_begun_already() -> None:
    """What is left then is the contract alone: the revision is not changed any more."""
    assert_safe(END, facts=FACTS)


def test_a_column_that_nothing_carries_on() -> None:
    assert_safe(
        contract="ALTER TABLE users DROP COLUMN email",
        facts=replace(
            FACTS,
            relations={**FACTS.relations, "users": replace(USERS, hanging={"email": HANGING[:3]})},
        ),
    )
