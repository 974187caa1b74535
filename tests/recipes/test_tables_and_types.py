from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from alembic.operations import ops
from rolling import sql

from phased.operations.create_domain import CreateDomainOp, DropDomainOp
from phased.operations.enum import CreateEnumOp, DropEnumOp
from phased.operations.schema import CreateSchemaOp
from phased.recipe import Context
from phased.recipes import create_table, create_type, drop_table, drop_type

if TYPE_CHECKING:
    from alembic.operations import MigrateOperation

CASES: dict[str, tuple[Any, MigrateOperation, dict[str, list[str]]]] = {
    "create table": (
        create_table,
        ops.CreateTableOp("Order", [sa.Column("userId", sa.Integer)], schema="Sales"),
        {"expand": ['CREATE TABLE "Sales"."Order" ( "userId" INTEGER )']},
    ),
    "drop table": (
        drop_table,
        ops.DropTableOp("Order", schema="Sales"),
        {"contract": ['DROP TABLE "Sales"."Order"']},
    ),
    "create schema": (
        create_type,
        CreateSchemaOp("Sales"),
        {"expand": ['CREATE SCHEMA "Sales"']},
    ),
    "create enum": (
        create_type,
        CreateEnumOp("Mood", ["a"], schema="Sales"),
        {"expand": ['CREATE TYPE "Sales"."Mood" AS ENUM (\'a\')']},
    ),
    "create domain": (
        create_type,
        CreateDomainOp("Email", "text"),
        {"expand": ['CREATE DOMAIN "Email" AS text']},
    ),
    "drop enum": (drop_type, DropEnumOp("Mood"), {"contract": ['DROP TYPE "Mood"']}),
    "drop domain": (drop_type, DropDomainOp("Email"), {"contract": ['DROP DOMAIN "Email"']}),
}


@pytest.mark.parametrize(("recipe", "op", "expected"), CASES.values(), ids=CASES.keys())
def test_in_its_phase(recipe: Any, op: MigrateOperation, expected: dict[str, list[str]]) -> None:
    assert type(op) in recipe.HANDLES
    assert recipe.applies(op, Context())
    assert sql(recipe.phases(op, Context())) == expected
