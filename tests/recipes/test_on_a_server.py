"""Every recipe of constraints, indexes, defaults, comments and enums ends like `create_all()`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from alembic.operations import ops
from judging import assert_safe
from rolling import code, facts, roll, roll_and_compare, run
from sqlalchemy.schema import conv

from phased.operations.add_enum_value import AddEnumValueOp
from phased.recipe import Context, Replace
from phased.recipes import (
    add_check,
    add_enum_value,
    add_foreign_key,
    add_unique,
    change_check,
    change_comment,
    change_foreign_key,
    change_index,
    change_unique,
    create_index,
    drop_check,
    drop_default,
    drop_foreign_key,
    drop_index,
    drop_unique,
    set_default,
)
from phased.record import render

if TYPE_CHECKING:
    from types import ModuleType

    from alembic.operations import MigrateOperation
    from sqlalchemy import Engine

SCHEMAS = pytest.mark.parametrize("schema", [None, "Sales"])


def models(*things: sa.schema.SchemaItem, schema: str | None, **options: Any) -> sa.MetaData:
    """A parent and a child with quoted names; the things belong to the child."""
    metadata = sa.MetaData()
    parent = "User" if schema is None else f"{schema}.User"
    sa.Table("User", metadata, sa.Column("Id", sa.Integer, primary_key=True), schema=schema)
    sa.Table(
        "Order",
        metadata,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("userId", sa.Integer, **options),
        sa.Column("note", sa.Text, nullable=False),
        *(thing(parent) if callable(thing) else thing for thing in things),
        schema=schema,
    )
    return metadata


def rows(schema: str | None) -> list[str]:
    prefix = f'"{schema}".' if schema else ""
    return [
        f'INSERT INTO {prefix}"User" VALUES (1), (2), (3)',
        f"INSERT INTO {prefix}\"Order\" VALUES (1, 1, 'a%'), (2, 2, 'b: c'), (3, 3, '')",
    ]


def child(metadata: sa.MetaData) -> sa.Table:
    return next(table for table in metadata.tables.values() if table.name == "Order")


def constraint(metadata: sa.MetaData, kind: type[Any]) -> Any:
    return next(one for one in child(metadata).constraints if isinstance(one, kind))


def check(condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=conv("ck Order"))


def key(**options: Any) -> Any:
    name = conv("fk Order")
    return lambda to: sa.ForeignKeyConstraint(["userId"], [f"{to}.Id"], name=name, **options)


def unique(*columns: str, **options: Any) -> sa.UniqueConstraint:
    return sa.UniqueConstraint(*columns, name=conv("uq Order"), **options)


def index(*columns: Any, **options: Any) -> sa.Index:
    return sa.Index("ix Order", *columns, **options)


def addition(metadata: sa.MetaData, kind: type[Any]) -> MigrateOperation:
    if kind is sa.Index:
        return ops.CreateIndexOp.from_index(next(iter(child(metadata).indexes)))
    return ops.AddConstraintOp.from_constraint(constraint(metadata, kind))


def removal(metadata: sa.MetaData, kind: type[Any]) -> MigrateOperation:
    if kind is sa.Index:
        return ops.DropIndexOp.from_index(next(iter(child(metadata).indexes)))
    return ops.DropConstraintOp.from_constraint(constraint(metadata, kind))


TYPES = {
    "check": sa.CheckConstraint,
    "foreign_key": sa.ForeignKeyConstraint,
    "unique": sa.UniqueConstraint,
    "index": sa.Index,
}
THINGS: dict[str, list[Any]] = {
    "check": [
        lambda: check("note NOT LIKE '%x%'"),
        lambda: check("note <> ' :y' AND \"userId\" > 0"),
    ],
    "foreign_key": [
        key,
        lambda: key(ondelete="CASCADE", deferrable=True, initially="DEFERRED"),
    ],
    "unique": [
        lambda: unique("userId"),
        lambda: unique("userId", "note", deferrable=True, postgresql_include=["id"]),
    ],
    "index": [
        lambda: index("userId"),
        lambda: index(
            sa.text("lower(note) DESC"),
            unique=True,
            postgresql_where=sa.text("note <> '100%'"),
            postgresql_include=["id"],
        ),
    ],
}
ADD = {
    "check": add_check,
    "foreign_key": add_foreign_key,
    "unique": add_unique,
    "index": create_index,
}
CHANGE = {
    "check": change_check,
    "foreign_key": change_foreign_key,
    "unique": change_unique,
    "index": change_index,
}
DROP = {
    "check": drop_check,
    "foreign_key": drop_foreign_key,
    "unique": drop_unique,
    "index": drop_index,
}
EVERY = pytest.mark.parametrize("kind", list(TYPES))
WHICH = pytest.mark.parametrize("which", [0, 1])


def ends_alike(
    engine: Engine, recipe: ModuleType, op: MigrateOperation, old: sa.MetaData, new: sa.MetaData
) -> None:
    schema = child(old).schema
    if schema:
        run(engine, f'CREATE SCHEMA "{schema}"')
    assert recipe.applies(op, Context())
    phases = recipe.phases(op, Context())
    roll_and_compare(engine, old, rows(schema), phases, new)


@SCHEMAS
@EVERY
@WHICH
def test_add(engine: Engine, kind: str, which: int, schema: str | None) -> None:
    old, new = models(schema=schema), models(THINGS[kind][which](), schema=schema)
    ends_alike(engine, ADD[kind], addition(new, TYPES[kind]), old, new)


@SCHEMAS
@EVERY
def test_drop(engine: Engine, kind: str, schema: str | None) -> None:
    old, new = models(THINGS[kind][0](), schema=schema), models(schema=schema)
    ends_alike(engine, DROP[kind], removal(old, TYPES[kind]), old, new)


@SCHEMAS
@EVERY
@WHICH
def test_change(engine: Engine, kind: str, which: int, schema: str | None) -> None:
    old = models(THINGS[kind][which](), schema=schema)
    new = models(THINGS[kind][1 - which](), schema=schema)
    op = Replace(removal(old, TYPES[kind]), addition(new, TYPES[kind]))
    ends_alike(engine, CHANGE[kind], op, old, new)


@SCHEMAS
@pytest.mark.parametrize(
    ("recipe", "before", "after"),
    [
        (set_default, None, "7"),
        (set_default, "7", "8"),
        (drop_default, "7", None),
    ],
)
def test_default(
    engine: Engine, recipe: ModuleType, before: str | None, after: str | None, schema: str | None
) -> None:
    old = models(schema=schema, server_default=before)
    new = models(schema=schema, server_default=after)
    op = ops.AlterColumnOp(
        "Order",
        "userId",
        schema=schema,
        existing_type=sa.Integer(),
        existing_server_default=child(old).c.userId.server_default,
        modify_server_default=child(new).c.userId.server_default,
    )
    ends_alike(engine, recipe, op, old, new)


@SCHEMAS
@pytest.mark.parametrize(("before", "after"), [(None, "it's 100% a: b"), ("old", None)])
def test_comment(engine: Engine, before: str | None, after: str | None, schema: str | None) -> None:
    old, new = models(schema=schema, comment=before), models(schema=schema, comment=after)
    op = ops.AlterColumnOp(
        "Order",
        "userId",
        schema=schema,
        existing_type=sa.Integer(),
        existing_comment=before,
        modify_comment=after,
    )
    ends_alike(engine, change_comment, op, old, new)


@SCHEMAS
def test_enum_value(engine: Engine, schema: str | None) -> None:
    def mood(*labels: str) -> sa.MetaData:
        type_ = sa.Enum(*labels, name="Mood", schema=schema)
        return models(sa.Column("mood", type_), schema=schema)

    old, new = mood("a", "c"), mood("a", "it's", "c")
    op = AddEnumValueOp("Mood", "it's", before="c", schema=schema)
    ends_alike(engine, add_enum_value, op, old, new)


TREE = [
    "CREATE TABLE u (id int PRIMARY KEY)",
    "INSERT INTO u VALUES (1), (2), (3)",
    "CREATE TABLE t (id int, uid int, PRIMARY KEY (id)) PARTITION BY RANGE (id)",
    "CREATE TABLE t_1 PARTITION OF t FOR VALUES FROM (0) TO (10)",
    "CREATE TABLE t_2 PARTITION OF t FOR VALUES FROM (10) TO (20) PARTITION BY RANGE (id)",
    "CREATE SCHEMA old",
    "CREATE TABLE old.t_21 PARTITION OF t_2 FOR VALUES FROM (10) TO (20)",
    "INSERT INTO t VALUES (1, 1), (2, 2), (11, 3)",
    "CREATE INDEX before ON t (uid)",
    "ALTER TABLE t ADD CONSTRAINT uq_before UNIQUE (id)",
]
PARTITIONED: list[tuple[ModuleType, Any]] = [
    (create_index, ops.CreateIndexOp("ix", "t", ["uid"])),
    (create_index, ops.CreateIndexOp("ix", "t", ["id", "uid"], unique=True)),
    (
        change_index,
        Replace(ops.DropIndexOp("before", "t"), ops.CreateIndexOp("before", "t", ["uid", "id"])),
    ),
    (drop_index, ops.DropIndexOp("before", "t")),
    (add_unique, ops.CreateUniqueConstraintOp("uq", "t", ["id", "uid"])),
    (add_unique, ops.CreateUniqueConstraintOp("uq", "t", ["id", "uid"], deferrable=True)),
    (drop_unique, ops.DropConstraintOp("uq_before", "t", "unique")),
    (
        change_unique,
        Replace(
            ops.DropConstraintOp("uq_before", "t", "unique"),
            ops.CreateUniqueConstraintOp("uq_before", "t", ["id", "uid"]),
        ),
    ),
    (add_check, ops.CreateCheckConstraintOp("ck", "t", "uid > 0")),
    (add_foreign_key, ops.CreateForeignKeyOp("fk", "t", "u", ["uid"], ["id"])),
]
INVALID = """
    SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid
    UNION ALL SELECT conname FROM pg_constraint WHERE NOT convalidated
"""
ON_PARENT = """
    SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 't'::regclass
    UNION ALL
    SELECT c.relname, pg_get_indexdef(c.oid) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
    WHERE i.indrelid = 't'::regclass ORDER BY 1, 2
"""


def parent(engine: Engine) -> list[tuple[str, str]]:
    with engine.connect() as connection:
        assert list(connection.exec_driver_sql(INVALID)) == []
        return [(name, text) for name, text in connection.exec_driver_sql(ON_PARENT)]


@pytest.mark.parametrize(("recipe", "op"), PARTITIONED)
def test_partitioned(engine: Engine, recipe: ModuleType, op: MigrateOperation) -> None:
    run(engine, *TREE)
    known = facts(engine)
    phases = recipe.phases(op, Context(facts=known))
    assert_safe(code(phases), facts=known)
    roll(engine, phases)
    ended = parent(engine)
    run(engine, "DROP TABLE t, u", "DROP SCHEMA old", *TREE, *plainly(op))
    assert ended == parent(engine)


def plainly(op: MigrateOperation) -> tuple[str, ...]:
    """The operation as PostgreSQL does it in one go, while nobody else is there."""
    if isinstance(op, Replace):
        return (*render(op.drop), *render(op.create))
    return render(op)
