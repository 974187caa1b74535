"""Which server the tests use, and how to reach it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import URL

VERSION = int(os.environ.get("PHASED_TEST_POSTGRES", "18"))
FOLDER = Path(__file__).parent.parent / ".phased" / f"tests-{VERSION}"


def conninfo(url: URL) -> str:
    """The URL as psycopg and libpq read it."""
    return url.set(drivername="postgresql").render_as_string(hide_password=False)
