"""Hints of the models that name what a contract has taken away."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from phased.fact import ColumnFacts, Facts, RelationFacts
from phased.hints import converted_from, filled_by, renamed_from
from phased.spent_hints import remark

DONE = "done with, harmless, and better taken out of the models: "


def facts(**relations: tuple[str, ...]) -> Facts:
    return Facts(
        known=True,
        schema="app",
        relations={
            name: RelationFacts(columns=dict.fromkeys(columns, ColumnFacts("text")))
            for name, columns in relations.items()
        },
    )


def models(*columns: sa.Column[Any], **options: Any) -> list[sa.MetaData]:
    metadata = sa.MetaData()
    sa.Table("users", metadata, *columns, **options)
    return [metadata]


HANDLE = models(sa.Column("handle", sa.Text, info=renamed_from("username")))


def test_while_the_old_column_is_there_the_hint_is_at_work() -> None:
    assert remark(HANDLE, facts(users=("username",))) is None
    assert remark(HANDLE, facts(users=("username", "handle"))) is None


def test_after_the_contract_it_may_go() -> None:
    assert (
        remark(HANDLE, facts(users=("handle",)))
        == f"{DONE}renamed_from('username') on users.handle"
    )


def test_a_database_that_has_no_such_table_says_nothing() -> None:
    assert remark(HANDLE, facts()) is None
    assert remark(HANDLE, facts(users=("id",))) is None


def test_several() -> None:
    found = models(
        sa.Column("Whole name", sa.Text, info=converted_from("first", "last")),
        sa.Column("age_v2", sa.Text, info=converted_from("age")),
        sa.Column("locale", sa.Text, info=filled_by("'en'")),
        info=renamed_from("accounts"),
        schema="app",
    )
    known = ("Whole name", "age_v2", "locale", "last")
    assert (
        remark(found, facts(users=known, accounts=()))
        == f"{DONE}converted_from('age') on users.age_v2"
    )
    assert remark(found, facts(users=known[:-1])) == (
        f"{DONE}renamed_from('accounts') on users, "
        "converted_from('first', 'last') on users.\"Whole name\", "
        "converted_from('age') on users.age_v2"
    )
