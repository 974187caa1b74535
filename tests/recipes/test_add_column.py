from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from alembic.operations import ops
from rolling import sql, written

from phased.recipe import Context
from phased.recipes import add_column


def adding(column: sa.Column[Any], table: str = "users", schema: str | None = None) -> Any:
    return ops.AddColumnOp(table, column, schema=schema)


def test_nullable() -> None:
    op = adding(sa.Column("Id", sa.Integer), "Order", "Sales")
    phases = add_column.phases(op, Context())
    assert written(phases) == {
        "expand": [
            "op.add_column('Order', sa.Column('Id', sa.Integer(), nullable=True), schema='Sales')"
        ]
    }
    assert sql(phases) == {"expand": ['ALTER TABLE "Sales"."Order" ADD COLUMN "Id" INTEGER']}


def test_not_null_with_a_default_is_one_statement() -> None:
    op = adding(sa.Column("locale", sa.Text, server_default="it's", nullable=False))
    assert sql(add_column.phases(op, Context())) == {
        "expand": ["ALTER TABLE users ADD COLUMN locale TEXT DEFAULT 'it''s' NOT NULL"]
    }


def test_keys_and_indexes_come_as_operations_of_their_own() -> None:
    column = sa.Column("a", sa.Integer, sa.ForeignKey("b.id"), unique=True, index=True)
    sa.Table("users", sa.MetaData(), column)
    assert sql(add_column.phases(adding(column), Context())) == {
        "expand": ["ALTER TABLE users ADD COLUMN a INTEGER"]
    }


def test_a_comment_goes_with_it() -> None:
    op = adding(sa.Column("a", sa.Integer, comment="it's 100%"))
    assert sql(add_column.phases(op, Context())) == {
        "expand": [
            "ALTER TABLE users ADD COLUMN a INTEGER",
            "COMMENT ON COLUMN users.a IS 'it''s 100%'",
        ]
    }


@pytest.mark.parametrize(
    ("column", "is_plain"),
    [
        (sa.Column("a", sa.Text), True),
        (sa.Column("a", sa.Text, nullable=False), False),
        (sa.Column("a", sa.DateTime, server_default=sa.func.now(), nullable=False), True),
        (sa.Column("a", sa.Uuid, server_default=sa.text("gen_random_uuid()")), False),
        (sa.Column("a", sa.Integer, server_default=sa.text("mystery()")), False),
        (sa.Column("a", sa.Integer, primary_key=True), False),
        (sa.Column("a", sa.Integer, sa.Identity()), False),
        (sa.Column("a", sa.Integer, sa.Computed("b", persisted=True)), False),
        (sa.Column("a", sa.Integer, sa.Computed("b", persisted=False)), True),
    ],
)
def test_when_it_applies(column: sa.Column[Any], is_plain: bool) -> None:  # noqa: FBT001 # a table
    assert add_column.applies(adding(column), Context()) is is_plain
