from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from rolling import rendered, statements

from phased.operations.drop_view import DropViewOp
from phased.operations.rename_sequence import RenameSequenceOp
from phased.operations.rename_table_through_view import RenameTableThroughViewOp
from phased.record import render, undo

if TYPE_CHECKING:
    from alembic.operations import MigrateOperation

RENAME = RenameTableThroughViewOp("User's", "The % People", schema="My Shop")


def test_four_statements_that_no_revision_can_part() -> None:
    renamed, view, rights, comment = render(RENAME)
    assert renamed == """ALTER TABLE "My Shop"."User's" RENAME TO "The % People\""""
    assert view == (
        """CREATE VIEW "My Shop"."User's" WITH (security_invoker = true) AS """
        """SELECT * FROM "My Shop"."The % People\""""
    )
    assert comment == (
        """COMMENT ON VIEW "My Shop"."User's" IS """
        """'The old name of "My Shop"."The % People", for releases that know no other'"""
    )
    assert rights.startswith("DO $phased$\n")
    assert """'GRANT %s ON "My Shop"."User''s" TO %s WITH GRANT OPTION'""" in rights
    assert """oid = '"My Shop"."The % People"'::regclass""" in rights


def test_before_15_there_is_no_security_invoker() -> None:
    _, view, *_ = render(RenameTableThroughViewOp("a", "b", security_invoker=False))
    assert view == "CREATE VIEW a AS SELECT * FROM b"


def test_taken_back() -> None:
    assert undo(RENAME) == (
        """DROP VIEW "My Shop"."User's\"""",
        """ALTER TABLE "My Shop"."The % People" RENAME TO "User's\"""",
    )


def test_a_percent_sign_in_a_name_is_none_of_a_format() -> None:
    rights = render(RenameTableThroughViewOp("50 % off", "offers"))[2]
    assert """'ALTER VIEW "50 %% off" OWNER TO %s'""" in rights


@pytest.mark.parametrize(
    ("operation", "sql"),
    [
        (DropViewOp("Us ers", schema="My Shop"), 'DROP VIEW "My Shop"."Us ers"'),
        (
            RenameSequenceOp("a_seq", "B seq", schema="My Shop"),
            'ALTER SEQUENCE "My Shop".a_seq RENAME TO "B seq"',
        ),
    ],
)
def test_sql(operation: MigrateOperation, sql: str) -> None:
    assert render(operation) == (sql,)


@pytest.mark.parametrize(
    "operation",
    [
        RENAME,
        RenameTableThroughViewOp("a", "b", security_invoker=False),
        DropViewOp("a", schema="s"),
        RenameSequenceOp("a", "b"),
    ],
)
def test_what_is_written_means_the_same(operation: MigrateOperation) -> None:
    whole = [" ".join(sql.split()) for sql in render(operation)]
    assert statements([rendered(operation)]) == whole


def test_a_dropped_view_does_not_come_back() -> None:
    assert undo(DropViewOp("users")) is None
    assert undo(RenameSequenceOp("a", "b")) == ("ALTER SEQUENCE b RENAME TO a",)
