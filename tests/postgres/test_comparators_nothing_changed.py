"""After `create_all()` there is nothing to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alembic.autogenerate import produce_migrations
from alembic.migration import MigrationContext
from comparators.torture import metadata, prepare

from phased.comparator import options

if TYPE_CHECKING:
    from sqlalchemy import Engine


def test_a_second_autogenerate_is_empty(engine: Engine) -> None:
    with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        prepare(connection)
        metadata().create_all(connection)
    with engine.begin() as connection:
        context = MigrationContext.configure(connection, opts=options(metadata()))
        script = produce_migrations(context, metadata())
    assert script.upgrade_ops is not None
    assert script.upgrade_ops.as_diffs() == []
