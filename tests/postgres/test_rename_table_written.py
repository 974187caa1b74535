"""What autogenerate writes for a table that takes another name, and when it writes nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
import revising
import sqlalchemy as sa
from revising import assert_rolls, create, metadata, revise, roll, shape
from rolling import calls, facts, run, statements
from sqlalchemy import CheckConstraint, Column, ForeignKey, Integer, Table, Text

from phased.errors.models import MayBeRename, PendingContractDrops
from phased.errors.renames import (
    TableRenameAndMore,
    TableRenameCycle,
    TableRenameMoves,
    TableRenameOpen,
    TableRenameTaken,
    TableRenameUnknown,
    TableRenameWaits,
)
from phased.hints import renamed_from
from phased.model import Phase

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Engine, MetaData


def table(
    name: str, *more: Any, was: str | None = None, schema: str | None = None
) -> Callable[[MetaData], Table]:
    """A table of many kinds of things, some of them named after it."""

    def made(models: MetaData) -> Table:
        return Table(
            name,
            models,
            Column("id", Integer, primary_key=True),
            Column("email", Text, unique=True, server_default="x"),
            Column("age", Integer, CheckConstraint("age > 0", name="old"), index=True),
            *(item() if callable(item) else item for item in more),
            schema=schema,
            info=renamed_from(was) if was else {},
        )

    return made


def posts(user: str) -> Callable[[MetaData], Table]:
    def made(models: MetaData) -> Table:
        author = ForeignKey(f"{user}.id", ondelete="CASCADE", deferrable=True)
        columns = Column("id", Integer, primary_key=True), Column("author", Integer, author)
        return Table("posts", models, *columns)

    return made


def remarks_left_out(lines: list[str]) -> list[str]:
    return [line for line in lines if not line.startswith("#")]


@pytest.mark.parametrize("how", ["hint", "answer", "asked"])
def test_rename(how: str, engine: Engine) -> None:
    options: dict[str, Any] = {
        "hint": {},
        "answer": {"answers": {"users": "people"}},
        "asked": {"ask": lambda _question, choices: choices[0]},
    }[how]
    old = metadata(table("users"), posts("users"))
    new = metadata(table("people", was="users" if how == "hint" else None), posts("people"))
    revision = assert_rolls(engine, old, new, **options)
    assert remarks_left_out(revision.expand) == [
        "op.rename_table_through_view('users', 'people')",
        "op.rename_constraint('ck_users_old', 'ck_people_old', 'people')",
        "op.rename_constraint('pk_users', 'pk_people', 'people')",
        "op.rename_constraint('uq_users_email', 'uq_people_email', 'people')",
        "op.rename_index('ix_users_age', 'ix_people_age')",
    ]
    assert revision.backfill == []
    assert revision.contract == [
        "op.drop_view('users')",
        "op.rename_sequence('users_id_seq', 'people_id_seq')",
        "op.rename_constraint('fk_posts_author_users', 'fk_posts_author_people', 'posts')",
    ]


def test_the_way_back(engine: Engine) -> None:
    create(engine, metadata(table("users"), posts("users")))
    before = shape(engine)
    revision = revise(engine, metadata(table("people", was="users"), posts("people")))
    roll(engine, revision)
    run(engine, *statements(revision.downgrade))
    assert shape(engine) == before


def test_names_that_do_not_follow_the_table_stay(engine: Engine) -> None:
    def plain(name: str, was: str | None = None) -> Callable[[MetaData], Table]:
        return lambda models: Table(
            name,
            models,
            Column("id", Integer, autoincrement=False),
            sa.PrimaryKeyConstraint("id", name="key"),
            info=renamed_from(was) if was else {},
        )

    create(engine, metadata(plain("users")))
    revision = revise(engine, metadata(plain("people", was="users")))
    assert remarks_left_out(revision.expand) == ["op.rename_table_through_view('users', 'people')"]
    assert revision.contract == ["op.drop_view('users')"]


@pytest.mark.parametrize(
    ("new", "change"),
    [
        (table("people", Column("more", Text), was="users"), "column more is new"),
        (table("people", sa.Index("ix_more", "age", "id"), was="users"), "index ix_more is new"),
        (
            table("people", CheckConstraint("id > 0", name="pos"), was="users"),
            "constraint ck_people_pos is new",
        ),
    ],
    ids=["a column", "an index", "a check"],
)
def test_a_rename_comes_alone(new: Any, change: str, engine: Engine) -> None:
    create(engine, metadata(table("users")))
    with pytest.raises(TableRenameAndMore) as caught:
        revise(engine, metadata(new))
    assert f"Table users is renamed to people, and it changes besides: {change}." in str(
        caught.value
    )
    assert "alembic -x rename=users:people revision" in str(caught.value)


def test_a_foreign_key_that_changes_too_is_made_anew(engine: Engine) -> None:
    def changed(models: MetaData) -> Table:
        author = Column("author", Integer, ForeignKey("people.id"))
        return Table("posts", models, Column("id", Integer, primary_key=True), author)

    old = metadata(table("users"), posts("users"))
    revision = assert_rolls(engine, old, metadata(table("people", was="users"), changed))
    made = [op for op in revision.contract if op.startswith("op.create_foreign_key(")]
    assert ["fk_posts_author_people" in op for op in made] == [True]


@pytest.mark.parametrize(
    ("taken", "kind"),
    [
        ("CREATE VIEW people AS SELECT 1 AS id", "view"),
        ("CREATE TYPE people AS ENUM ('a')", "type"),
        ("CREATE SEQUENCE people", "sequence"),
        ("CREATE TABLE people (id int)", "table"),
    ],
)
def test_the_new_name_is_taken(taken: str, kind: str, engine: Engine) -> None:
    create(engine, metadata(table("users")), [taken])
    with pytest.raises(TableRenameTaken, match=f"the database has a {kind} of that name"):
        revise(engine, metadata(table("people", was="users")))


def test_tables_do_not_exchange_their_names(engine: Engine) -> None:
    create(engine, metadata(table("a"), table("b")))
    with pytest.raises(TableRenameCycle, match="The tables a and b are to take each other's names"):
        revise(engine, metadata(table("a", was="b"), table("b", was="a")))
    with pytest.raises(TableRenameCycle, match="a becomes b"):
        revise(engine, metadata(table("a"), table("b")), answers={"a": "b", "b": "a"})


def test_the_old_name_is_still_in_the_models(engine: Engine) -> None:
    create(engine, metadata(table("users")))
    with pytest.raises(TableRenameUnknown, match="the models have users as well"):
        revise(engine, metadata(table("users"), table("people", was="users")))


def test_the_old_name_is_nowhere(engine: Engine) -> None:
    create(engine, metadata(table("users")))
    with pytest.raises(TableRenameUnknown, match="the database has no table usrs"):
        revise(engine, metadata(table("people", was="usrs")))


def test_a_hint_of_long_ago_is_harmless(engine: Engine) -> None:
    models = metadata(table("people", was="users"))
    assert "op.create_table" in revise(engine, models).expand[0]
    create(engine, models)
    assert revise(engine, models).empty


def test_another_schema(engine: Engine) -> None:
    create(engine, metadata(table("users")), ["CREATE SCHEMA shop"])
    with pytest.raises(TableRenameMoves, match=r"Table users is renamed to shop\.people"):
        revise(engine, metadata(table("people", schema="shop")), answers={"users": "people"})


def test_before_15_a_view_would_show_every_row(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = metadata(table("people", was="users"))
    monkeypatch.setattr(revising, "facts", lambda engine: replace(facts(engine), server=14))
    create(engine, metadata(table("users")))
    assert remarks_left_out(revise(engine, new).expand)[0] == (
        "op.rename_table_through_view('users', 'people', security_invoker=False)"
    )
    run(engine, "ALTER TABLE users ENABLE ROW LEVEL SECURITY")
    with pytest.raises(TableRenameOpen, match="it has row level security"):
        revise(engine, new)


def test_somebody_has_to_say(engine: Engine) -> None:
    create(engine, metadata(table("users")))
    with pytest.raises(MayBeRename, match="users left the models and people came"):
        revise(engine, metadata(table("people")))


def test_an_earlier_contract_comes_first(engine: Engine) -> None:
    create(engine, metadata(table("users")))
    pending = [call.operation for call in calls(["op.drop_column('users', 'more')"])]
    with pytest.raises(TableRenameWaits, match="by then that is a view"):
        revise(engine, metadata(table("people", was="users")), pending=pending)


def test_a_renamed_table_is_renamed_again_after_the_contract(engine: Engine) -> None:
    create(engine, metadata(table("users")))
    first = revise(engine, metadata(table("people", was="users")))
    roll(engine, first, Phase.EXPAND)
    pending = [call.operation for call in calls(first.contract)]
    again = metadata(table("persons", was="people"))
    with pytest.raises(TableRenameWaits, match="phased contract"):
        revise(engine, again, pending=pending)
    roll(engine, first, Phase.CONTRACT)
    assert "op.rename_table_through_view('people', 'persons')" in revise(engine, again).expand


def test_another_type_is_more_than_a_name(engine: Engine) -> None:
    def other(models: MetaData) -> Table:
        made = table("people", was="users")(models)
        made.columns["age"].type = sa.BigInteger()
        made.columns["email"].nullable = False
        return made

    create(engine, metadata(table("users")))
    changes = "besides: column email is another, column age is another"
    with pytest.raises(TableRenameAndMore, match=changes):
        revise(engine, metadata(other))


def test_the_old_name_is_free_after_the_contract(engine: Engine) -> None:
    create(engine, metadata(table("users")))
    new = metadata(table("people", was="users"))
    revision = revise(engine, new)
    roll(engine, revision, Phase.EXPAND)
    pending = [call.operation for call in calls(revision.contract)]
    with pytest.raises(PendingContractDrops, match="users"):
        revise(engine, metadata(table("people"), table("users")), pending=pending)
    assert revise(engine, new, pending=pending).empty
