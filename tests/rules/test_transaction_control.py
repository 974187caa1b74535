from __future__ import annotations

import pytest
from judging import assert_safe, assert_unsafe, judged

RULE = "transaction_control"


def test_message() -> None:
    assert assert_unsafe(RULE, expand="COMMIT") == (
        "COMMIT in expand() breaks the transaction that the change and its record commit in: a "
        "failure after it leaves the database half changed. Remove it: what cannot run in a "
        "transaction gets a step of its own."
    )


def test_an_old_revision_has_a_block_for_it() -> None:
    assert assert_unsafe(RULE, upgrade="commit").endswith(
        "Remove it, and put what must not run in a transaction into a block:\n\n"
        "    with op.get_context().autocommit_block():\n        ..."
    )


@pytest.mark.parametrize(
    "sql",
    ["BEGIN", "START TRANSACTION", "ROLLBACK", "SAVEPOINT a", "RELEASE a", "ROLLBACK TO a", "END"],
)
@pytest.mark.parametrize("fresh", [True, False])
def test_every_word_on_every_database(sql: str, fresh: bool) -> None:  # noqa: FBT001 # a parameter
    assert_unsafe(RULE, expand=sql, fresh=fresh)


def test_in_the_body_of_a_do() -> None:
    found = judged(expand="DO $$BEGIN COMMIT; END$$", fresh=True)
    assert [each.rule for each in found] == [RULE]


def test_the_word_alone_is_no_statement() -> None:
    assert_safe(expand="COMMENT ON TABLE users IS 'COMMIT;'")
    assert_safe(expand="DO $$BEGIN RAISE NOTICE 'on commit'; END$$", fresh=True)


@pytest.mark.parametrize("sql", ["SAVEPOINT a", "RELEASE a", "ROLLBACK TO a"])
def test_a_savepoint_in_an_old_revision_ends_nothing(sql: str) -> None:
    assert_safe(upgrade=sql)
