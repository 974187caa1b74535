"""A database that many tests share, emptied before each: making one takes longer than a test."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, TypeAlias

import psycopg
import pytest
from server import conninfo

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import URL

Connection: TypeAlias = "psycopg.Connection[tuple[Any, ...]]"

OBJECTS = """
SELECT 'DROP SCHEMA ' || quote_ident(nspname) || ' CASCADE' FROM pg_namespace
WHERE nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema'
UNION ALL SELECT 'DROP EVENT TRIGGER IF EXISTS ' || quote_ident(evtname) FROM pg_event_trigger
UNION ALL SELECT 'DROP PUBLICATION ' || quote_ident(pubname) FROM pg_publication
"""


@pytest.fixture(scope="session")
def laboratory(server: URL) -> Iterator[URL]:
    name = f"test_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(conninfo(server), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        yield server.set(database=name)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def emptied(laboratory: URL) -> URL:
    """The URL of an empty database; quicker than `database`, which makes one."""
    with psycopg.connect(conninfo(laboratory), autocommit=True) as connection:
        for (drop,) in connection.execute(OBJECTS).fetchall():
            connection.execute(drop)
        connection.execute("CREATE SCHEMA public")
        connection.execute(f"ALTER DATABASE {laboratory.database} RESET ALL".encode())
    return laboratory


@pytest.fixture
def connection(laboratory: URL) -> Iterator[Connection]:
    """A connection in autocommit to an empty database."""
    with psycopg.connect(conninfo(laboratory), autocommit=True) as connection:
        for (drop,) in connection.execute(OBJECTS).fetchall():
            connection.execute(drop)
        connection.execute("CREATE SCHEMA public")
        yield connection
