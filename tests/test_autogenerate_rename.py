from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from alembic.operations import ops

from phased.errors.models import (
    HintNamesNoColumn,
    MayBeRename,
    RenameAnswerUnknown,
    RenamedInCode,
)
from phased.errors.succession import ConversionNeedsUp
from phased.fact import ColumnFacts, Facts, RelationFacts
from phased.hints import filled_by, renamed_from
from phased.recipe import Context
from phased.rename import NO, parse_answers, settle
from phased.succession import RenameTableOp, SucceedOp

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


def assert_renamed(change: MigrateOperation, old: str, new: str) -> None:
    """One column for another, the values as they are."""
    assert isinstance(change, SucceedOp)
    assert (change.old, change.new, change.up, change.down) == ((old,), (new,), None, None)


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
    assert settle([gone, new], CONTEXT, {}, None) == [gone, new]


@pytest.mark.parametrize("answer", ["rename=none", "rename=users.username:"])
def test_the_answer_is_no(answer: str) -> None:
    changes = [dropped("username"), added("handle")]
    assert settle(changes, CONTEXT, parse_answers([answer]), None) == changes


def test_the_answer_is_yes() -> None:
    answers = parse_answers(["phased=expand", "rename=users.username:handle"])
    other = added("age", sa.Integer)
    changes = [dropped("username"), other, added("handle")]
    kept, made = settle(changes, CONTEXT, answers, None)
    assert kept is other
    assert_renamed(made, "username", "handle")


def test_quoted_names() -> None:
    changes = [dropped("userName", table="Order"), added("user name", table="Order")]
    with pytest.raises(MayBeRename) as caught:
        settle(changes, CONTEXT, {}, None)
    assert '"Order"."userName" left the models and "Order"."user name" came' in str(caught.value)
    assert settle(changes, CONTEXT, parse_answers(['rename="Order"."userName":']), None) == changes
    [made] = settle(changes, CONTEXT, parse_answers(['rename="Order"."userName":user name']), None)
    assert_renamed(made, "userName", "user name")


def test_the_hint_says_yes() -> None:
    handle = added("handle", info=renamed_from("username"))
    email, mail = dropped("email"), added("mail", info=renamed_from("email"))
    first, second = settle([dropped("username"), email, mail, handle], CONTEXT, {}, None)
    assert_renamed(first, "email", "mail")
    assert_renamed(second, "username", "handle")


def test_a_rename_and_another_type_where_that_is_obvious() -> None:
    new = added("handle", sa.String(50), info=renamed_from("username"))
    [made] = settle([dropped("username"), new], CONTEXT, {}, None)
    assert isinstance(made, SucceedOp)
    assert (made.old, made.new) == (("username",), ("handle",))
    assert made.up is not None


def test_a_rename_and_another_type_where_that_is_not_obvious() -> None:
    new = added("handle", sa.ARRAY(sa.Date), info=renamed_from("username"))
    with pytest.raises(ConversionNeedsUp, match=r"handle: ... info=converted_from") as caught:
        settle([dropped("username"), new], CONTEXT, {}, None)
    assert "('username', up='username::date[]', down='handle::text')" in str(caught.value)


def test_the_hint_names_no_column() -> None:
    with pytest.raises(HintNamesNoColumn, match="names 'nickname', and users has no such column"):
        settle([added("handle", info=renamed_from("nickname"))], CONTEXT, {}, None)


def test_on_a_terminal_it_asks() -> None:
    asked: list[tuple[str, list[str]]] = []

    def ask(question: str, choices: list[str]) -> str:
        asked.append((question, choices))
        return choices[-1]

    changes = [dropped("username"), added("handle"), added("nick")]
    assert settle(changes, CONTEXT, {}, ask) == changes
    [(question, choices)] = asked
    assert question == "users.username left the models. Is it renamed to one of these?"
    assert choices == [
        "handle",
        "nick",
        "only in the code: the database keeps username, nothing to migrate",
        NO,
    ]


def test_the_answer_on_the_terminal_is_yes() -> None:
    handle = added("handle")
    changes = [dropped("username"), handle, added("nick")]
    kept, made = settle(changes, CONTEXT, {}, lambda _question, choices: choices[1])
    assert kept is handle
    assert_renamed(made, "username", "nick")


def test_what_has_been_taken_is_not_offered_again() -> None:
    changes = [dropped("username"), dropped("email"), added("handle"), added("nick")]
    offered: list[list[str]] = []

    def ask(_question: str, choices: list[str]) -> str:
        offered.append(choices[:-2])
        return choices[0]

    made = settle(changes, CONTEXT, {}, ask)
    assert offered == [["handle", "nick"], ["nick"]]
    assert_renamed(made[0], "username", "handle")
    assert_renamed(made[1], "email", "nick")


def test_only_in_the_code() -> None:
    changes = [dropped("userName"), added("handle"), added("nick")]
    with pytest.raises(RenamedInCode) as caught:
        settle(changes, CONTEXT, {}, lambda _question, choices: choices[-2])
    message = str(caught.value)
    assert 'handle: Mapped[...] = mapped_column("userName", ...)' in message
    assert "Nothing was written, and the database is unchanged." in message


def test_a_table_renamed_only_in_the_code() -> None:
    changes = [table(ops.DropTableOp, "users", "id"), table(ops.CreateTableOp, "accounts", "id")]
    with pytest.raises(RenamedInCode, match='__tablename__ = "users"'):
        settle(changes, CONTEXT, {}, lambda _question, choices: choices[-2])


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
    assert settle(changes, CONTEXT, parse_answers(["rename=users:"]), None) == changes
    [made] = settle(changes, CONTEXT, parse_answers(["rename=users:accounts"]), None)
    assert isinstance(made, RenameTableOp)
    assert (made.drop, made.create) == tuple(changes)


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
