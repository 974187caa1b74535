from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from revising import assert_rolls, metadata
from sqlalchemy.dialects.postgresql import JSONB

from phased.hints import filled_by

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Engine

SCHEMAS = pytest.mark.parametrize("schema", [None, "Sales", "public"])


def users(*columns: sa.Column[Any], schema: str | None = None) -> Callable[[sa.MetaData], sa.Table]:
    return lambda made: sa.Table(
        "Users",
        made,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("userName", sa.Text, nullable=False),
        *columns,
        schema=schema,
    )


def rows(schema: str | None) -> list[str]:
    table = '"Users"' if schema is None else f'"{schema}"."Users"'
    return [f"INSERT INTO {table} (\"userName\") VALUES ('Ann'), ('Bob')"]


ADDED = {
    "nullable": lambda: sa.Column("x", sa.Text),
    "constant default": lambda: sa.Column("x", sa.Text, server_default="en", nullable=False),
    "now": lambda: sa.Column(
        "x", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False
    ),
    "volatile": lambda: sa.Column(
        "x", sa.Uuid, server_default=sa.text("gen_random_uuid()"), nullable=False
    ),
    "volatile, nullable": lambda: sa.Column(
        "x", sa.Uuid, server_default=sa.text("gen_random_uuid()")
    ),
    "filled, constant": lambda: sa.Column("x", sa.Text, nullable=False, info=filled_by("'en:b %'")),
    "filled, volatile": lambda: sa.Column(
        "x", sa.Uuid, nullable=False, info=filled_by("gen_random_uuid()")
    ),
    "filled, from a column": lambda: sa.Column(
        "X y", sa.String(20), nullable=False, info=filled_by('lower("userName")')
    ),
    "filled, nullable": lambda: sa.Column("x", sa.Text, info=filled_by('lower("userName")')),
    "filled, with a default": lambda: sa.Column(
        "x", sa.Text, nullable=False, server_default="new", info=filled_by('lower("userName")')
    ),
    "enum": lambda: sa.Column(
        "x", sa.Enum("sad", "glad", name="Mood"), nullable=False, info=filled_by("'sad'")
    ),
    "array of enum": lambda: sa.Column("x", sa.ARRAY(sa.Enum("sad", "glad", name="Mood"))),
    "unique and indexed": lambda: sa.Column("x", sa.Text, unique=True, index=True),
    "inline check": lambda: sa.Column(
        "x", sa.Integer, sa.CheckConstraint("x > 0", name="positive")
    ),
    "enum with a default": lambda: sa.Column(
        "x", sa.Enum("sad", "glad", name="Mood"), nullable=False, server_default="sad"
    ),
    "boolean": lambda: sa.Column("x", sa.Boolean, nullable=False, server_default=sa.false()),
    "json": lambda: sa.Column("x", JSONB, nullable=False, server_default='{"a":1, "b": "it\'s"}'),
    "commented": lambda: sa.Column("x", sa.Text, comment="what it's: for %"),
}


@SCHEMAS
@pytest.mark.parametrize("column", ADDED.values(), ids=ADDED.keys())
def test_add_column(
    engine: Engine, column: Callable[[], sa.Column[Any]], schema: str | None
) -> None:
    old = metadata(users(schema=schema))
    new = metadata(users(column(), schema=schema))
    assert_rolls(engine, old, new, rows(schema))


@SCHEMAS
def test_add_a_column_that_counts(engine: Engine, schema: str | None) -> None:
    numbers = sa.Sequence("Numbers", start=100, schema=schema)
    column = sa.Column(
        "x", sa.BigInteger, numbers, nullable=False, server_default=numbers.next_value()
    )
    old, new = metadata(users(schema=schema)), metadata(users(column, schema=schema))
    assert_rolls(engine, old, new, rows(schema))


EDITS = {
    "set not null, filled": (
        lambda: sa.Column("x", sa.Text),
        lambda: sa.Column("x", sa.Text, nullable=False, info=filled_by('"userName"')),
    ),
    "set not null, by its default": (
        lambda: sa.Column("x", sa.Text, server_default="it's"),
        lambda: sa.Column("x", sa.Text, server_default="it's", nullable=False),
    ),
    "set not null and a default": (
        lambda: sa.Column("x", sa.Text),
        lambda: sa.Column("x", sa.Text, server_default="en", nullable=False),
    ),
    "drop not null": (
        lambda: sa.Column("x", sa.Text, nullable=False, server_default="a"),
        lambda: sa.Column("x", sa.Text, server_default="a"),
    ),
    "drop not null and the default, comment": (
        lambda: sa.Column("x", sa.Text, nullable=False, server_default="a", comment="a"),
        lambda: sa.Column("x", sa.Text, comment="b"),
    ),
}


@SCHEMAS
@pytest.mark.parametrize(("old", "new"), EDITS.values(), ids=EDITS.keys())
def test_alter_column(
    engine: Engine,
    old: Callable[[], sa.Column[Any]],
    new: Callable[[], sa.Column[Any]],
    schema: str | None,
) -> None:
    before, after = metadata(users(old(), schema=schema)), metadata(users(new(), schema=schema))
    assert_rolls(engine, before, after, rows(schema))


DROPPED = {
    "nullable": lambda: sa.Column("x", sa.Text),
    "not null": lambda: sa.Column("x y", sa.Text, nullable=False, server_default=""),
    "enum": lambda: sa.Column("x", sa.Enum("sad", "glad", name="Mood")),
    "unique, indexed, commented": lambda: sa.Column(
        "x", sa.Text, unique=True, index=True, comment="c"
    ),
    "identity": lambda: sa.Column("x", sa.BigInteger, sa.Identity()),
    "generated": lambda: sa.Column("x", sa.Integer, sa.Computed("id + 1", persisted=True)),
    "foreign key": lambda: sa.Column("x", sa.Integer, sa.ForeignKey("teams.id")),
}


@SCHEMAS
@pytest.mark.parametrize("column", DROPPED.values(), ids=DROPPED.keys())
def test_drop_column(
    engine: Engine, column: Callable[[], sa.Column[Any]], schema: str | None
) -> None:
    def teams(made: sa.MetaData) -> sa.Table:
        return sa.Table("teams", made, sa.Column("id", sa.Integer, primary_key=True))

    old, new = (
        metadata(teams, users(column(), schema=schema)),
        metadata(teams, users(schema=schema)),
    )
    assert_rolls(engine, old, new, rows(schema))
