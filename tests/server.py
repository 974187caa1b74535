"""Which server the tests use, and how to reach it."""

from __future__ import annotations

import os
import shutil
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import URL

VERSION = int(os.environ.get("PHASED_TEST_POSTGRES", "18"))
CHECKOUT = Path(__file__).parent.parent.resolve()
MEMORY = Path("/dev/shm")  # noqa: S108 # what lies there is not on a disk: DDL takes half the time
ENOUGH = 2 * 1024**3  # bytes; one run takes a tenth


def folder() -> Path:
    """Where the server's files are; the workers of a run come to the same answer."""
    digest = sha256(str(CHECKOUT).encode()).hexdigest()[:8]
    found = MEMORY / f"phased-{digest}-{VERSION}"
    if found.exists() or (MEMORY.is_dir() and shutil.disk_usage(MEMORY).free >= ENOUGH):
        return found
    return CHECKOUT / ".phased" / f"tests-{VERSION}"


def conninfo(url: URL) -> str:
    """The URL as psycopg and libpq read it."""
    return url.set(drivername="postgresql").render_as_string(hide_password=False)
