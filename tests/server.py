"""Which server the tests use, and databases on it."""

from __future__ import annotations

import os
import uuid
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import URL

VERSION = int(os.environ.get("PHASED_TEST_POSTGRES", "18"))
FOLDER = Path(__file__).parent.parent / ".phased" / f"tests-{VERSION}"


@contextmanager
def new_database(server: URL) -> Iterator[URL]:
    """A new empty database, dropped afterwards."""
    name = f"test_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(conninfo(server), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        yield server.set(database=name)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def conninfo(url: URL) -> str:
    """The URL as psycopg and libpq read it."""
    return url.set(drivername="postgresql").render_as_string(hide_password=False)
