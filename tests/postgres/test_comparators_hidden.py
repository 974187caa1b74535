"""What autogenerate must not propose: partitions, children, views, our own tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from phased.comparator import options

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine


def differences(connection: Connection, metadata: sa.MetaData, **given: Any) -> list[Any]:
    given = options(metadata, **given)
    context = MigrationContext.configure(connection, opts=given)
    return list(compare_metadata(context, metadata))


HIDDEN = {
    "partition": (
        'CREATE TABLE "Parts" (id int) PARTITION BY RANGE (id)',
        'CREATE TABLE "Parts_1" PARTITION OF "Parts" FOR VALUES FROM (1) TO (9)',
        'CREATE INDEX "Parts_1_index" ON "Parts_1" (id)',
    ),
    "inheritance": (
        'CREATE TABLE "Parts" (id int)',
        'CREATE TABLE "Child" (extra int CHECK (extra > 0)) INHERITS ("Parts")',
    ),
    "extension": (
        'CREATE TABLE "Parts" (id int)',
        "CREATE TABLE owned (id int)",
        "ALTER EXTENSION plpgsql ADD TABLE owned",
    ),
    "ours": (
        'CREATE TABLE "Parts" (id int)',
        "CREATE TABLE phased_rollout (id int)",
        "CREATE TABLE phased_step (id int)",
        "CREATE TABLE alembic_version (id int)",
    ),
    "views": (
        'CREATE TABLE "Parts" (id int)',
        "CREATE VIEW v AS SELECT 1 AS id",
        "CREATE MATERIALIZED VIEW m AS SELECT 1 AS id",
    ),
}


@pytest.mark.parametrize("statements", HIDDEN.values(), ids=HIDDEN)
def test_only_the_parent_is_compared(engine: Engine, statements: tuple[str, ...]) -> None:
    metadata = sa.MetaData()
    sa.Table("Parts", metadata, sa.Column("id", sa.Integer))
    with engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
        assert differences(connection, metadata) == []


@pytest.mark.parametrize("kind", ["VIEW", "MATERIALIZED VIEW"])
def test_a_table_that_is_a_view_in_the_database_is_not_created(engine: Engine, kind: str) -> None:
    metadata = sa.MetaData()
    sa.Table("Seen", metadata, sa.Column("id", sa.Integer, primary_key=True))
    with engine.begin() as connection:
        connection.exec_driver_sql(f'CREATE {kind} "Seen" AS SELECT 1 AS id')
        assert differences(connection, metadata) == []


@pytest.mark.skipif(not hasattr(sa.Table, "is_view"), reason="CreateView is new in SQLAlchemy 2.1")
def test_a_view_of_the_models_is_not_created_as_a_table(engine: Engine) -> None:
    from sqlalchemy.sql.ddl import CreateView

    metadata = sa.MetaData()
    parts = sa.Table("Parts", metadata, sa.Column("id", sa.Integer))
    CreateView(sa.select(parts.c.id), "Seen", metadata=metadata)
    with engine.begin() as connection:
        connection.exec_driver_sql('CREATE TABLE "Parts" (id int)')
        assert differences(connection, metadata) == []


def test_an_object_filter_of_the_users_is_asked_about_the_rest(engine: Engine) -> None:
    metadata = sa.MetaData()
    for name in ("kept", "left_out"):
        sa.Table(name, metadata, sa.Column("id", sa.Integer))
    with engine.begin() as connection:
        found = differences(
            connection, metadata, include_object=lambda _, name, *__: name != "left_out"
        )
    assert [(kind, table.name) for kind, table in found] == [("add_table", "kept")]
