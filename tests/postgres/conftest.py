"""An empty database by other names, where `database` is something else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import psycopg
import pytest
from server import conninfo

if TYPE_CHECKING:
    from collections.abc import Iterator

    from databases import Pool
    from sqlalchemy import URL

Connection: TypeAlias = "psycopg.Connection[tuple[Any, ...]]"


@pytest.fixture
def emptied(databases: Pool) -> Iterator[URL]:
    """The URL of an empty database."""
    with databases.database() as url:
        yield url


@pytest.fixture
def connection(emptied: URL) -> Iterator[Connection]:
    """A connection in autocommit to an empty database."""
    with psycopg.connect(conninfo(emptied), autocommit=True) as connection:
        yield connection
