from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from alembic.operations import ops

from phased.errors.models import (
    HintNamesNoColumn,
    HintsContradict,
    NoNamingConvention,
    UnnamedConstraint,
)
from phased.fact import ColumnFacts, Facts, RelationFacts
from phased.hints import converted_from, filled_by, renamed_from
from phased.model_checks import check_hints, check_metadata, check_names
from phased.recipe import Context

NAMES = {"pk": "pk_%(table_name)s"}


def users(*items: Any, **options: Any) -> sa.Table:
    metadata = sa.MetaData(naming_convention=NAMES, **options)
    return sa.Table("users", metadata, sa.Column("id", sa.Integer, primary_key=True), *items)


def context(table: sa.Table) -> Context:
    gone = RelationFacts(columns={"username": ColumnFacts("text")})
    return Context(Facts(relations={"users": gone}), tables={"users": table})


def test_metadata_without_a_naming_convention() -> None:
    metadata = sa.MetaData()
    check_metadata([metadata])
    sa.Table("users", metadata, sa.Column("id", sa.Integer))
    with pytest.raises(NoNamingConvention) as caught:
        check_metadata([sa.MetaData(naming_convention=NAMES), metadata])
    assert '"pk": "pk_%(table_name)s",' in str(caught.value)
    assert "Nothing was written, and the database is unchanged." in str(caught.value)


def test_the_convention_it_shows_is_python() -> None:
    text = str(NoNamingConvention(kinds="uq"))
    names = text[text.index("naming_convention={") + len("naming_convention=") :]
    shown = names[: names.index("}") + 1]
    held: dict[str, str] = {}
    exec(f"held.update({shown})", {"held": held})  # noqa: S102 # the reader pastes it
    table = sa.Table(
        "a", sa.MetaData(naming_convention=held), sa.Column("b", sa.Integer, unique=True)
    )
    assert {str(c.name) for c in table.constraints} >= {"uq_a_b"}


@pytest.mark.parametrize(
    ("item", "said"),
    [
        (sa.CheckConstraint("id > 0"), "A CHECK constraint on users has no name"),
        (sa.UniqueConstraint("id"), "A UNIQUE constraint on users has no name"),
        (sa.ForeignKeyConstraint(["id"], ["b.id"]), "A FOREIGN KEY constraint on users"),
    ],
    ids=["check", "unique", "foreign key"],
)
def test_an_unnamed_constraint(item: Any, said: str) -> None:
    table = users(item)
    sa.Table("b", table.metadata, sa.Column("id", sa.Integer, primary_key=True))
    with pytest.raises(UnnamedConstraint, match=said):
        check_names([ops.CreateTableOp.from_table(table)])
    with pytest.raises(UnnamedConstraint, match=said):
        check_names([ops.AddConstraintOp.from_constraint(item)])


def test_checks_that_a_type_makes_need_no_name() -> None:
    column = sa.Column("mood", sa.Enum("a", native_enum=False, create_constraint=True))
    check_names([ops.CreateTableOp.from_table(users(column))])


CONTRADICTIONS = {
    "renamed and filled": renamed_from("username") | filled_by("'x'"),
    "renamed and converted": renamed_from("username") | converted_from("username", up="1"),
    "filled and converted": filled_by("'x'") | converted_from("username", up="1"),
}


@pytest.mark.parametrize("info", CONTRADICTIONS.values(), ids=CONTRADICTIONS.keys())
def test_hints_that_contradict(info: dict[str, object]) -> None:
    table = users(sa.Column("handle", sa.Text, info=info))
    with pytest.raises(HintsContradict, match=r"users\.handle has two hints"):
        check_hints([], context(table))


@pytest.mark.parametrize(
    "info",
    [filled_by("lower(nickname)"), converted_from("nickname", up="1")],
    ids=["filled_by", "converted_from"],
)
def test_a_hint_that_names_no_column(info: dict[str, object]) -> None:
    column = sa.Column("handle", sa.Text, info=info)
    table = users(column)
    with pytest.raises(HintNamesNoColumn, match="names 'nickname'") as caught:
        check_hints([ops.AddColumnOp("users", column)], context(table))
    assert "It has: handle, id, username." in str(caught.value)


@pytest.mark.parametrize(
    "expression",
    ["lower(username)", "id::text", "users.username", "(SELECT max(x) FROM y)", "'nickname'"],
)
def test_hints_that_name_what_is_there(expression: str) -> None:
    column = sa.Column("handle", sa.Text, info=filled_by(expression))
    table = users(column)
    check_hints([ops.AddColumnOp("users", column)], context(table))


def test_a_hint_that_has_served_is_not_judged_again() -> None:
    table = users(sa.Column("handle", sa.Text, info=filled_by("gone")))
    check_hints([], context(table))
