from __future__ import annotations

import pytest
from judging import KNOWN, code_of, plan_of

from phased.reports.text import plans

RENAME = "ALTER TABLE users RENAME TO people"
VIEW = "CREATE VIEW users AS SELECT * FROM people"
SCAN = "ALTER TABLE posts VALIDATE CONSTRAINT posts_check"


def notes(*sqls: str) -> list[list[str]]:
    """What each step of an expand says."""
    plan = plan_of(code_of(expand=sqls))
    return [list(step.notes) for step in plan.steps]


def test_a_revision_in_sql_says_the_same_as_the_operation() -> None:
    plan = plan_of('def expand() -> None:\n    op.rename_table_through_view("users", "people")\n')
    [by_hand] = notes(RENAME, VIEW)
    assert by_hand == list(plan.steps[0].notes)
    assert "- TRUNCATE users" in by_hand


def test_names_are_as_sql_writes_them() -> None:
    found = notes(
        'ALTER TABLE billing.invoices RENAME TO "Bill"',
        'CREATE VIEW billing.invoices AS SELECT * FROM billing."Bill"',
    )
    assert found[0][0].startswith(
        'Code that knows the old name reads and writes billing."Bill" through the view '
        "billing.invoices."
    )
    assert "- TRUNCATE billing.invoices" in found[0]


@pytest.mark.parametrize(
    "sqls",
    [
        [RENAME],
        [VIEW],
        [RENAME, SCAN, VIEW],
        ["ALTER TABLE users RENAME COLUMN age TO years", VIEW.replace("people", "users_2")],
        ["ALTER INDEX ix_users_age RENAME TO ix", "CREATE VIEW ix_users_age AS SELECT 1"],
    ],
)
def test_nothing_to_say(sqls: list[str]) -> None:
    assert not any(notes(*sqls))


def test_the_plan_lists_them_under_the_step() -> None:
    text = plans([plan_of(code_of(expand=[RENAME, VIEW]))], [], KNOWN).plain
    after = text.partition("└ one transaction\n")[2].splitlines()
    assert after[0].startswith("      Code that knows the old name reads and writes people through")
    assert "      - TRUNCATE users" in after


def test_the_table_is_not_new_because_the_view_is() -> None:
    text = plans([plan_of(code_of(expand=[RENAME, VIEW]))], [], KNOWN).plain
    assert "ACCESS EXCLUSIVE on users (~2.1M rows, 340 MB)" in text


def test_what_is_done_has_nothing_more_to_say() -> None:
    plan = plan_of(code_of(expand=[RENAME, VIEW]))
    done = {(plan.revision, step.phase, step.position) for step in plan.steps}
    assert "TRUNCATE" not in plans([plan], [], KNOWN, done).plain
