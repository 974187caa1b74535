"""The comparison runs on a live database: no lock on a user's table, no trace, few queries."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest
import sqlalchemy as sa
from alembic.autogenerate import produce_migrations
from alembic.migration import MigrationContext
from comparators.torture import metadata, prepare
from server import conninfo
from sqlalchemy.pool import NullPool

from phased.comparator import options
from phased.errors.database import CannotCompare, NoTemporaryTables

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import URL, Connection, Engine

LOCKS = sa.text("""
    SELECT DISTINCT l.mode FROM pg_locks l JOIN pg_class c ON c.oid = l.relation
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE l.pid = pg_backend_pid() AND n.nspname NOT LIKE 'pg\\_%'
""")
LEFT = sa.text("SELECT count(*) FROM pg_class WHERE relpersistence = 't' OR relname ~ 'phased_'")


@pytest.fixture
def created(engine: Engine) -> Engine:
    with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        prepare(connection)
        metadata().create_all(connection)
    return engine


def compare(connection: Connection, models: sa.MetaData) -> list[object]:
    context = MigrationContext.configure(connection, opts=options(models))
    found = produce_migrations(context, models).upgrade_ops
    assert found is not None
    return list(found.as_diffs())


def test_it_takes_no_lock_that_anybody_waits_for(created: Engine) -> None:
    with created.begin() as connection:
        assert compare(connection, metadata()) == []
        assert {mode for (mode,) in connection.execute(LOCKS)} <= {"AccessShareLock"}
        assert connection.scalar(LEFT) == 0


def test_it_does_not_wait_for_a_table_that_is_locked(created: Engine) -> None:
    with created.begin() as owner, created.begin() as connection:
        owner.exec_driver_sql("LOCK TABLE pairs IN SHARE UPDATE EXCLUSIVE MODE")
        connection.exec_driver_sql("SET lock_timeout = 1")
        assert compare(connection, metadata()) == []


def test_it_works_in_autocommit(created: Engine) -> None:
    with created.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        assert compare(connection, metadata()) == []
        assert connection.scalar(LEFT) == 0


def test_more_tables_are_not_more_queries_of_ours(created: Engine) -> None:
    count = 0

    def counted(*given: object) -> None:
        nonlocal count
        count += "wanted" in str(given[2]) or "phased_" in str(given[2])

    sa.event.listen(created, "before_cursor_execute", counted)
    with created.connect() as connection:
        compare(connection, metadata())
    few = count
    models = metadata()
    for number in range(30):
        name = f"more_{number}"
        sa.Table(name, models, sa.Column("a", sa.String(number + 1), index=True, unique=True))
    with created.begin() as connection:
        models.create_all(connection)
    count = 0
    with created.connect() as connection:
        assert compare(connection, models) == []
    assert count == few


@pytest.fixture
def poor(created: Engine, database: URL) -> Iterator[Engine]:
    """An engine of a role that owns nothing and may only create temporary tables."""
    with psycopg.connect(conninfo(database), autocommit=True) as connection:
        name = f"poor_{database.database}"
        connection.execute(f"CREATE ROLE {name} LOGIN")
        for schema in ('"Odd Schema"', "billing"):
            connection.execute(f"GRANT USAGE ON SCHEMA {schema} TO {name}")
        engine = sa.create_engine(created.url.set(username=name), poolclass=NullPool)
        yield engine
        engine.dispose()
        connection.execute(f"DROP OWNED BY {name}")
        connection.execute(f"DROP ROLE {name}")


def test_the_right_to_temporary_tables_is_enough(poor: Engine) -> None:
    with poor.connect() as connection:
        assert compare(connection, metadata()) == []


def test_a_right_that_is_missing_is_no_difference(created: Engine, poor: Engine) -> None:
    with created.begin() as owner:
        owner.exec_driver_sql(f"REVOKE USAGE ON SCHEMA billing FROM {poor.url.username}")
    with poor.connect() as connection, pytest.raises(CannotCompare, match="schema billing"):
        compare(connection, metadata())


def test_without_that_right_it_says_so(created: Engine, poor: Engine) -> None:
    with created.begin() as owner:
        owner.exec_driver_sql(f"REVOKE TEMPORARY ON DATABASE {created.url.database} FROM PUBLIC")
    with poor.connect() as connection, pytest.raises(NoTemporaryTables, match="GRANT TEMPORARY"):
        compare(connection, metadata())


def test_a_read_only_transaction_is_said_to_be_one(created: Engine) -> None:
    with created.connect() as connection:
        connection.exec_driver_sql("SET default_transaction_read_only = on")
        connection.commit()
        with pytest.raises(NoTemporaryTables, match="read only"):
            compare(connection, metadata())
