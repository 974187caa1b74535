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


def models() -> sa.MetaData:
    metadata = sa.MetaData()
    sa.Table("events", metadata, sa.Column("id", sa.Integer, primary_key=True))
    return metadata


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
