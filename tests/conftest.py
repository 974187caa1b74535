"""A real PostgreSQL for every test that needs one, and a database of its own for each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest
from server import FOLDER, VERSION, conninfo, new_database
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from phased.embedded import start

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import URL, Engine

FAST = ("fsync = off", "synchronous_commit = off", "full_page_writes = off")
NEEDS_SERVER = {"server", "database", "engine", "twin"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if NEEDS_SERVER & set(getattr(item, "fixturenames", ())):
            item.add_marker("server")


@pytest.fixture(scope="session")
def server() -> URL:
    """The URL of the server's maintenance database; shared by all workers."""
    url = start(FOLDER, VERSION)
    with psycopg.connect(conninfo(url), autocommit=True) as connection:
        for setting in FAST:
            connection.execute(f"ALTER SYSTEM SET {setting}")
        connection.execute("SELECT pg_reload_conf()")
    return url


@pytest.fixture
def database(server: URL) -> Iterator[URL]:
    """The URL of a new empty database, dropped after the test."""
    with new_database(server) as url:
        yield url


@pytest.fixture
def engine(database: URL) -> Iterator[Engine]:
    """An engine on a new empty database."""
    engine = create_engine(database, poolclass=NullPool)
    yield engine
    engine.dispose()


@pytest.fixture
def twin(server: URL) -> Iterator[Engine]:
    """An engine on a second empty database, to compare with the first."""
    with new_database(server) as url:
        engine = create_engine(url, poolclass=NullPool)
        yield engine
        engine.dispose()
