from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from alembic.operations import ops

from phased.errors.changes import RenameNeedsSuccessor, TableRenameNeedsSuccessor
from phased.errors.models import HintNamesNoColumn, MayBeRename, RenameAnswerUnknown
from phased.fact import ColumnFacts, Facts, RelationFacts
from phased.hints import filled_by, renamed_from
from phased.recipe import Context
from phased.rename import parse_answers, settle

if TYPE_CHECKING:
    from alembic.operations import MigrateOperation

FACTS = Facts(relations={"users": RelationFacts(columns={"username": ColumnFacts("text")})})
CONTEXT = Context(FACTS)


def dropped(name: str, kind: Any = sa.Text, table: str = "users") -> MigrateOperation:
    column: sa.Column[Any] = sa.Column(name, kind)
    sa.Table(table, sa.MetaData(), column)
    return ops.DropColumnOp.from_column_and_tablename(None, table, column)


def added(name: str, kind: Any = sa.Text, table: str = "users", **options: Any) -> MigrateOperation:
    return ops.AddColumnOp(table, sa.Column(name, kind, **options))


def table(kind: Any, name: str, *columns: str) -> MigrateOperation:
    made = sa.Table(name, sa.MetaData(), *(sa.Column(c, sa.Integer) for c in columns))
    return kind.from_table(made)  # type: ignore[no-any-return] # either class


def test_nobody_said() -> None:
    with pytest.raises(MayBeRename) as caught:
        settle([dropped("username"), added("handle")], CONTEXT, {}, None)
    message = str(caught.value)
    assert "users.username left the models and users.handle came" in message
    assert "-x rename=users.username:handle revision" in message
    assert "-x rename=users.username: revision" in message
    assert "-x rename=none revision" in message
    assert "Nothing was written, and the database is unchanged." in message


@pytest.mark.parametrize(
    ("gone", "new"),
    [
        (dropped("a", sa.String(20)), added("b", sa.Text)),
        (dropped("a", sa.String(20)), added("b", sa.String(50))),
        (dropped("a", sa.Numeric(9, 2)), added("b", sa.Numeric)),
    ],
    ids=["varchar and text", "lengths", "precisions"],
)
def test_types_that_fit(gone: MigrateOperation, new: MigrateOperation) -> None:
    with pytest.raises(MayBeRename):
        settle([gone, new], CONTEXT, {}, None)


@pytest.mark.parametrize(
    ("gone", "new"),
    [
        (dropped("a", sa.Integer), added("b", sa.Text)),
        (dropped("a", table="posts"), added("b")),
        (dropped("a"), added("b", nullable=False, info=filled_by("'new'"))),
        (table(ops.DropTableOp, "a", "id"), table(ops.CreateTableOp, "b", "id", "other")),
    ],
    ids=["another type", "another table", "the hint says what it is", "another table's columns"],
)
def test_what_is_no_rename(gone: MigrateOperation, new: MigrateOperation) -> None:
    settle([gone, new], CONTEXT, {}, None)


@pytest.mark.parametrize("answer", ["rename=none", "rename=users.username:"])
def test_the_answer_is_no(answer: str) -> None:
    settle([dropped("username"), added("handle")], CONTEXT, parse_answers([answer]), None)


def test_the_answer_is_yes() -> None:
    answers = parse_answers(["phased=expand", "rename=users.username:handle"])
    with pytest.raises(RenameNeedsSuccessor) as caught:
        settle([dropped("username"), added("handle")], CONTEXT, answers, None)
    assert 'handle: Mapped[...] = mapped_column("username", ...)' in str(caught.value)


def test_quoted_names() -> None:
    changes = [dropped("userName", table="Order"), added("user name", table="Order")]
    with pytest.raises(MayBeRename) as caught:
        settle(changes, CONTEXT, {}, None)
    assert '"Order"."userName" left the models and "Order"."user name" came' in str(caught.value)
    settle(changes, CONTEXT, parse_answers(['rename="Order"."userName":']), None)


def test_the_hint_says_yes_even_with_another_type() -> None:
    new = added("handle", sa.Integer, info=renamed_from("username"))
    with pytest.raises(RenameNeedsSuccessor):
        settle([dropped("username"), new], CONTEXT, {}, None)


def test_the_hint_names_no_column() -> None:
    with pytest.raises(HintNamesNoColumn, match="names 'nickname', and users has no such column"):
        settle([added("handle", info=renamed_from("nickname"))], CONTEXT, {}, None)


def test_on_a_terminal_it_asks() -> None:
    asked: list[tuple[str, list[str]]] = []

    def ask(question: str, choices: list[str]) -> str:
        asked.append((question, choices))
        return choices[-1]

    settle([dropped("username"), added("handle"), added("nick")], CONTEXT, {}, ask)
    [(question, choices)] = asked
    assert question.startswith("users.username left the models")
    assert choices[:-1] == ["handle", "nick"]


def test_the_answer_on_the_terminal_is_yes() -> None:
    with pytest.raises(RenameNeedsSuccessor, match=r"users\.username is to become users\.nick"):
        settle(
            [dropped("username"), added("handle"), added("nick")],
            CONTEXT,
            {},
            lambda _question, choices: choices[1],
        )


def test_no_answer_on_the_terminal() -> None:
    with pytest.raises(MayBeRename):
        settle([dropped("username"), added("handle")], CONTEXT, {}, lambda *_: None)


def test_tables() -> None:
    changes = [
        table(ops.DropTableOp, "users", "id", "x"),
        table(ops.CreateTableOp, "accounts", "id", "x"),
    ]
    with pytest.raises(MayBeRename, match="rename=users:accounts"):
        settle(changes, CONTEXT, {}, None)
    settle(changes, CONTEXT, parse_answers(["rename=users:"]), None)
    with pytest.raises(TableRenameNeedsSuccessor, match='__tablename__ = "users"'):
        settle(changes, CONTEXT, parse_answers(["rename=users:accounts"]), None)


@pytest.mark.parametrize(
    "answer",
    ["rename=users.username", "rename=users.nickname:handle", "rename=users.username:nick"],
)
def test_answers_that_fit_nothing(answer: str) -> None:
    with pytest.raises(RenameAnswerUnknown, match="Nothing was written"):
        settle([dropped("username"), added("handle")], CONTEXT, parse_answers([answer]), None)


def test_several_answers() -> None:
    assert parse_answers(["rename=a.b:c, d:", "x=y", "rename=e.f:g"]) == {
        "a.b": "c",
        "d": "",
        "e.f": "g",
    }
