"""Databases for tests: used again after everything in them is gone, for making one takes longer.

What cannot be proved to be as it was is dropped: whatever is not a schema, an event trigger, a
publication or a setting, a system catalog that somebody wrote to, a role named after the database.
"""

from __future__ import annotations

import uuid
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

import psycopg
from server import conninfo

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import URL

Connection: TypeAlias = "psycopg.Connection[tuple[Any, ...]]"

OFTEN = 100  # times a database is used, before the dead rows of its catalogs make it slow
# What a test has set for the database shall not hold for us.
OPTIONS = "-c statement_timeout=60s -c lock_timeout=0 -c search_path=pg_catalog"
OPTIONS += " -c default_transaction_read_only=off -c client_min_messages=error"
OPTIONS += " -c allow_system_table_mods=on"

END_SESSIONS = """
DO $$ BEGIN
    FOR attempt IN 1..30000 LOOP
        PERFORM pg_stat_clear_snapshot(), pg_terminate_backend(pid)
            FROM pg_stat_activity WHERE datname = '{name}';
        EXIT WHEN NOT FOUND;
        PERFORM pg_sleep(0.001);
    END LOOP;
END $$
"""
ROW = """
SELECT d, (SELECT count(*) FROM pg_db_role_setting WHERE setdatabase = d.oid),
    shobj_description(d.oid, 'pg_database'),
    (SELECT count(*) FROM pg_roles WHERE strpos(rolname, d.datname) > 0)
FROM (
    SELECT oid, datname, datdba, datistemplate, datallowconn, datconnlimit, dattablespace, datacl
    FROM pg_database WHERE datname = %s
) d
"""
EMPTY = """
SELECT replace('ALTER SUBSCRIPTION % DISABLE; ALTER SUBSCRIPTION % SET (slot_name = NONE);'
    ' DROP SUBSCRIPTION %', '%', quote_ident(subname)) FROM pg_subscription s
JOIN pg_database d ON d.oid = subdbid WHERE datname = current_database()
UNION ALL SELECT 'DROP EVENT TRIGGER ' || quote_ident(evtname) FROM pg_event_trigger
UNION ALL SELECT 'DROP PUBLICATION ' || quote_ident(pubname) FROM pg_publication
UNION ALL SELECT 'DROP SCHEMA ' || quote_ident(nspname) || ' CASCADE' FROM pg_namespace
WHERE nspname NOT IN ('pg_catalog', 'pg_toast', 'information_schema')
"""
PUBLIC = """
CREATE SCHEMA public AUTHORIZATION pg_database_owner;
GRANT USAGE ON SCHEMA public TO PUBLIC;
UPDATE pg_namespace SET oid = 2200 WHERE nspname = 'public';
COMMENT ON SCHEMA public IS 'standard public schema'
"""
CATALOGS = """
SELECT relname FROM pg_class
WHERE relnamespace = 'pg_catalog'::regnamespace AND relkind = 'r' AND NOT relisshared
ORDER BY relname
"""
COUNT = """
SELECT '{0}', count(*), count(*) FILTER (WHERE age(xmin) <= age('{1}'::xid)) FROM pg_catalog.{0}
"""


@dataclass
class Database:
    """One that is kept.

    Attributes:
        row: Its row among the server's databases, when it was new.
        rows: By system catalog: how many rows there are, and how many are newer than itself.
        born: The transaction after which its rows are not from its template.
    """

    name: str
    row: Any
    born: int
    rows: dict[str, tuple[int, int]] = field(default_factory=dict)
    used: int = 0


@dataclass
class Pool:
    """Databases of one worker; ``server`` is a session beside them."""

    url: URL
    server: Connection
    idle: list[Database] = field(default_factory=list)

    @contextmanager
    def database(self) -> Iterator[URL]:
        """The URL of an empty database."""
        found = self.idle.pop() if self.idle else self._new()
        yield self.url.set(database=found.name)
        found.used += 1
        self._end_sessions(found.name)
        if self._emptied(found) and found.used < OFTEN:  # one with a subscription cannot be dropped
            self.idle.append(found)
        else:
            self._drop(found.name)

    def close(self) -> None:
        """Drop them."""
        while self.idle:
            self._drop(self.idle.pop().name)

    def _new(self) -> Database:
        name = f"test_{uuid.uuid4().hex[:12]}"
        self.server.execute(f"CREATE DATABASE {name}".encode())
        ((born,),) = self.server.execute("SELECT pg_current_xact_id()::text::bigint").fetchall()
        found = Database(name, self._row(name), born)
        with self._inside(name) as connection:
            _empty(connection)  # the schema public is to be one of ours ever after
            found.rows = _rows(connection, born)
        self._end_sessions(name)
        return found

    def _emptied(self, database: Database) -> bool:
        """Take everything out; whether it is as it was when it was new."""
        try:
            self.server.execute(f"ALTER DATABASE {database.name} RESET ALL".encode())
            with self._inside(database.name) as connection:
                _empty(connection)
                rows = _rows(connection, database.born)
        except psycopg.Error:
            return False
        self._end_sessions(database.name)
        return rows == database.rows and self._row(database.name) == database.row

    def _inside(self, name: str) -> Connection:
        dsn = conninfo(self.url.set(database=name))
        return psycopg.connect(dsn, autocommit=True, options=OPTIONS)

    def _row(self, name: str) -> Any:
        return self.server.execute(ROW, (name,)).fetchone()

    def _end_sessions(self, name: str) -> None:
        self.server.execute(END_SESSIONS.format(name=name).encode())

    def _drop(self, name: str) -> None:
        self.server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)".encode())


@contextmanager
def pool(server: URL) -> Iterator[Pool]:
    """A pool on a server; its databases go away with it."""
    with psycopg.connect(conninfo(server), autocommit=True) as connection:
        found = Pool(server, connection)
        yield found
        found.close()


def _empty(connection: Connection) -> None:
    drops = [drop for (drop,) in connection.execute(EMPTY)]
    connection.execute(";\n".join([*drops, PUBLIC]).encode())


def _rows(connection: Connection, born: int) -> dict[str, tuple[int, int]]:
    catalogs = [name for (name,) in connection.execute(CATALOGS)]
    counts = " UNION ALL ".join(COUNT.format(name, born) for name in catalogs)
    return {name: (rows, new) for name, rows, new in connection.execute(counts.encode())}
