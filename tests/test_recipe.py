from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest
import sqlalchemy as sa
from alembic.ddl.postgresql import CreateExcludeConstraintOp
from alembic.operations import ops

from phased.autogenerate import RECIPES
from phased.errors.changes import NoOnlineWay
from phased.errors.models import SeveralRecipes
from phased.fact import Facts, RelationFacts
from phased.hints import converted_from, filled_by, renamed_from
from phased.recipe import Context, Recipe, Replace, cost, recipe_for, table_of

if TYPE_CHECKING:
    from alembic.operations import MigrateOperation

DROP = ops.DropTableOp("users")
CHECK = ops.CreateCheckConstraintOp("ck", "users", "a > 0")


def recipe(name: str, *, applies: bool) -> Recipe:
    made = SimpleNamespace(
        __name__=name, HANDLES=(ops.DropTableOp,), applies=lambda *_: applies, phases=None
    )
    return cast("Recipe", made)


def test_exactly_one() -> None:
    one, other = recipe("one", applies=True), recipe("other", applies=False)
    assert recipe_for(DROP, Context(), [other, one]) is one


def test_none() -> None:
    with pytest.raises(NoOnlineWay, match="Nothing was written"):
        recipe_for(DROP, Context(), [recipe("one", applies=False)])


def test_several() -> None:
    with pytest.raises(SeveralRecipes, match="one, other"):
        recipe_for(DROP, Context(), [recipe("other", applies=True), recipe("one", applies=True)])


COLUMNS = [
    sa.Column("a", sa.Text),
    sa.Column("a", sa.Text, nullable=False),
    sa.Column("a", sa.Text, server_default="x", nullable=False),
    sa.Column("a", sa.Uuid, server_default=sa.text("gen_random_uuid()"), nullable=False),
    sa.Column("a", sa.Text, nullable=False, info=filled_by("'x'")),
    sa.Column("a", sa.Text, server_default="x", info=filled_by("lower(b)")),
    sa.Column("a", sa.Text, info=renamed_from("b")),
    sa.Column("a", sa.Text, info=converted_from("b", up="b")),
    sa.Column("a", sa.Integer, sa.Identity()),
    sa.Column("a", sa.Integer, sa.Computed("1", persisted=True)),
    sa.Column("a", sa.Integer, sa.Computed("1", persisted=False)),
    sa.Column("a", sa.Integer, primary_key=True),
]
CHANGES: list[dict[str, Any]] = [
    {"modify_nullable": True},
    {"modify_nullable": False},
    {"modify_type": sa.Text()},
    {"modify_server_default": None},
    {"modify_server_default": sa.DefaultClause("x")},
    {"modify_comment": "x"},
    {"modify_comment": None},
]
OPERATIONS: list[MigrateOperation] = [
    *(ops.AddColumnOp("users", column) for column in COLUMNS),
    *(ops.AlterColumnOp("users", "a", **changes) for changes in CHANGES),
    *(
        ops.DropConstraintOp("x", "users", type_=kind)
        for kind in ("check", "foreignkey", "unique", "primary", "exclude")
    ),
    ops.DropColumnOp("users", "a"),
    ops.CreateTableOp("users", []),
    DROP,
    CHECK,
    ops.CreateUniqueConstraintOp("uq", "users", ["a"]),
    ops.CreateForeignKeyOp("fk", "users", "b", ["a"], ["id"]),
    ops.CreatePrimaryKeyOp("pk", "users", ["a"]),
    CreateExcludeConstraintOp("ex", "users", [("a", "=")]),
    ops.CreateIndexOp("ix", "users", ["a"]),
    ops.DropIndexOp("ix", "users"),
    ops.CreateTableCommentOp("users", "x"),
    ops.DropTableCommentOp("users"),
    Replace(ops.DropConstraintOp("ck", "users", type_="check"), CHECK),
    Replace(ops.DropIndexOp("ix", "users"), ops.CreateIndexOp("ix", "users", ["a"])),
]


@pytest.mark.parametrize("op", OPERATIONS, ids=lambda op: type(op).__name__)
def test_every_operation_of_alembic_has_exactly_one(op: MigrateOperation) -> None:
    assert recipe_for(op, Context(), RECIPES)


def test_the_table_of_an_operation() -> None:
    assert table_of(ops.DropTableOp("Order", schema="Sales")) == '"Sales"."Order"'
    key = ops.CreateForeignKeyOp("fk", "Order", "b", ["a"], ["id"], source_schema="Sales")
    assert table_of(key) == '"Sales"."Order"'


def test_cost() -> None:
    users = RelationFacts(rows=2_100_000, size=340 * 1024**2)
    known = Facts(known=True, relations={"users": users})
    assert cost(DROP, Context(known)) == "~2.1M rows, 340 MB"
    assert cost(DROP, Context()) == "of unknown size"
