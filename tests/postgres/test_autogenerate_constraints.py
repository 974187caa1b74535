"""Edits of constraints, indexes, defaults and comments: written, rolled, and nothing is left."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from revising import create, metadata, revise, roll
from rolling import run, statements

from phased.model import Phase

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Engine

    Table = Callable[[sa.MetaData], object]

ROWS = (
    'INSERT INTO "User" VALUES (1), (2)',
    """INSERT INTO "Order" VALUES (1, 1, 'a%'), (2, 2, 'b: c')""",
)
OLD_CHECK, NEW_CHECK = "note LIKE '%'", r"note <> ' \:x' AND note <> '100%'"
SEVEN, SUM = {"server_default": "7"}, {"server_default": sa.text("3 + 4")}
NAMED = {"name": "uq_x"}
WORDS = {"comment": "it's 100% \\ ' :y'"}


def order(*things: Callable[[], Any], comment: str | None = None, **options: Any) -> Table:
    def table(models: sa.MetaData) -> None:
        sa.Table("User", models, sa.Column("Id", sa.Integer, primary_key=True))
        sa.Table(
            "Order",
            models,
            sa.Column("id", sa.Integer, primary_key=True),
            sa.Column("userId", sa.Integer, **options),
            sa.Column("note", sa.Text, nullable=False),
            *(thing() for thing in things),
            comment=comment,
        )

    return table


def check(condition: str) -> Callable[[], Any]:
    return lambda: sa.CheckConstraint(condition, name="note")


def key(**options: Any) -> Callable[[], Any]:
    return lambda: sa.ForeignKeyConstraint(["userId"], ["User.Id"], **options)


def unique(*columns: str, **options: Any) -> Callable[[], Any]:
    return lambda: sa.UniqueConstraint(*columns, **options)


def index(*columns: Any, **options: Any) -> Callable[[], Any]:
    return lambda: sa.Index("ix_o", *columns, **options)


EDITS: dict[str, tuple[Table, Table]] = {
    "add a check": (order(), order(check(OLD_CHECK))),
    "change a check": (order(check(OLD_CHECK)), order(check(NEW_CHECK))),
    "drop a check": (order(check(OLD_CHECK)), order()),
    "add a foreign key": (order(), order(key(deferrable=True))),
    "change a foreign key": (order(key()), order(key(ondelete="CASCADE"))),
    "drop a foreign key": (order(key(ondelete="SET NULL")), order()),
    "add unique": (order(), order(unique("userId", postgresql_nulls_not_distinct=True))),
    "change unique": (
        order(unique("userId", **NAMED)),
        order(unique("userId", "note", deferrable=True, **NAMED)),
    ),
    "include in unique": (
        order(unique("userId", **NAMED)),
        order(unique("userId", postgresql_include=["note"], **NAMED)),
    ),
    "drop unique": (order(unique("userId", postgresql_include=["note"])), order()),
    "unique to index": (order(unique("userId", name="ix_o")), order(index("userId", unique=True))),
    "index to unique": (order(index("userId", unique=True)), order(unique("userId", name="ix_o"))),
    "create an index": (
        order(),
        order(
            index(sa.text("lower(note) DESC"), postgresql_where=sa.text("note <> '100%'")),
        ),
    ),
    "change an index": (order(index("note")), order(index("note", postgresql_using="hash"))),
    "change to unique": (order(index("userId")), order(index("userId", unique=True))),
    "drop an index": (order(index("note")), order()),
    "set a default": (order(), order(**SEVEN)),
    "change a default": (order(**SEVEN), order(**SUM)),
    "drop a default": (order(**SUM), order()),
    "comment": (order(), order(**WORDS)),
    "drop a comment": (order(**WORDS), order()),
}


@pytest.mark.parametrize("edit", EDITS)
def test_the_contract_that_waits_is_no_difference(engine: Engine, edit: str) -> None:
    old, new = (metadata(models) for models in EDITS[edit])
    create(engine, old, ROWS)
    revision = revise(engine, new)
    assert not revision.empty
    roll(engine, revision, Phase.EXPAND, Phase.BACKFILL)
    waiting = revise(engine, new, pending=revision.recorded[Phase.CONTRACT])
    assert waiting.empty, waiting
    roll(engine, revision, Phase.CONTRACT)
    assert revise(engine, new).empty


@pytest.mark.parametrize("edit", EDITS)
def test_the_way_back(engine: Engine, edit: str) -> None:
    old, new = (metadata(models) for models in EDITS[edit])
    create(engine, old, ROWS)
    revision = revise(engine, new)
    roll(engine, revision)
    run(engine, *statements(revision.downgrade))
    assert revise(engine, old).empty
