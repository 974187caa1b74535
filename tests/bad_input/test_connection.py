"""The server does not answer, does not let us in, or is not what phased can work on."""

from __future__ import annotations

import os
import socket
import traceback
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pooler
import psycopg
import pytest
from server import conninfo
from sqlalchemy import create_engine, make_url
from sqlalchemy.pool import NullPool

from phased import connection
from phased.errors.database import (
    CannotConnect,
    NotPostgreSQL,
    PoolTooSmall,
    ServerTooOld,
    ThroughPooler,
)
from phased.errors.settings import InvalidDatabaseUrl

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shell import Shell
    from sqlalchemy import URL

UPGRADE = ("upgrade", "head")
PASSWORD = "sEcr@t/1"  # noqa: S105 # of a role that lives for one test
ENCODED = "sEcr%40t%2F1"
USERS = """
def expand():
    op.create_table("users", sa.Column("id", sa.BigInteger, primary_key=True))
"""


@pytest.fixture(autouse=True)
def revision(shell: Shell) -> None:
    shell.project.revision("a1", USERS)


@pytest.fixture
def role(server: URL, shell: Shell) -> Iterator[str]:
    """A role that needs a password, on a server that trusts all others."""
    name = f"with_password_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(conninfo(server), autocommit=True) as admin:
        ask_for_password(admin)
        admin.execute(f"CREATE ROLE {name} LOGIN PASSWORD '{PASSWORD}'")
        yield name
        shell.sql(f"DROP OWNED BY {name}")
        admin.execute(f"DROP ROLE {name}")


def ask_for_password(admin: psycopg.Connection[Any]) -> None:
    """From roles named like ours, once for all tests."""
    rule = "local all /^with_password_ scram-sha-256\n"
    row = admin.execute("SHOW hba_file").fetchone()
    path = Path(row[0] if row else "")
    rules = path.read_text()
    if rule not in rules:
        new = path.with_name(f"pg_hba.{os.getpid()}")
        new.write_text(rule + rules)
        new.replace(path)
    admin.execute("SELECT pg_reload_conf()")


def use(shell: Shell, url: str) -> None:
    shell.monkeypatch.setenv("DATABASE_URL", url)


def folder_of(server: URL) -> str:
    return str(server.query["host"])


def encoded(path: str) -> str:
    return path.replace("/", "%2F")


def test_no_database_there(shell: Shell, server: URL) -> None:
    use(shell, conninfo(server.set(database="No Such")))
    folder = folder_of(server)
    message = (
        f"cannot connect to postgresql://postgres:***@/No Such?host={encoded(folder)}: "
        f'connection to server on socket "{folder}/.s.PGSQL.5432" failed: FATAL: database '
        '"No Such" does not exist. Nothing has been changed. '
        f"Create it: createdb -h {folder} -U postgres 'No Such'"
    )
    shell.refuses(message, *UPGRADE)
    shell.raises(CannotConnect, message, *UPGRADE)


def test_wrong_password(shell: Shell, server: URL, role: str) -> None:
    folder, database = folder_of(server), make_url(shell.project.url).database
    use(shell, f"postgresql://{role}:wr%40ng@/{database}?host={folder}")
    message = (
        f"cannot connect to postgresql://{role}:***@/{database}?host={encoded(folder)}: "
        f'connection to server on socket "{folder}/.s.PGSQL.5432" failed: FATAL: password '
        f'authentication failed for user "{role}". Nothing has been changed. '
        "Check user and password in DATABASE_URL."
    )
    shell.refuses(message, *UPGRADE)
    shell.raises(CannotConnect, message, *UPGRADE)


def test_right_password_is_never_shown(shell: Shell, server: URL, role: str) -> None:
    """Not by what works, not by what is refused, not in a traceback."""
    url = make_url(shell.project.url)
    shell.sql(f"GRANT CREATE ON SCHEMA public TO {role}")
    use(shell, f"postgresql://{role}:{ENCODED}@/{url.database}?host={folder_of(server)}")
    shell.project.revision("b2", "def expand():\n    op.execute('SELECT 1/0')", "a1")
    for arguments in (UPGRADE, ("current", "-v"), ("upgrade", "nope"), ("--raiseerr", *UPGRADE)):
        for run in (shell.alembic, shell.phased):
            try:
                done = run(*arguments)
                shown = done.out + done.err
            except Exception:  # noqa: BLE001 # --raiseerr
                shown = traceback.format_exc()
            assert shown
            assert PASSWORD not in shown
            assert ENCODED not in shown


def test_unknown_host(shell: Shell) -> None:
    use(shell, f"postgresql://me:{ENCODED}@nowhere.invalid/shop?sslpassword=hidden")
    with pytest.raises(OSError, match="not known") as unknown:
        socket.getaddrinfo("nowhere.invalid", 5432)
    message = (
        "cannot connect to postgresql://me:***@nowhere.invalid/shop: "
        f"failed to resolve host 'nowhere.invalid': {unknown.value}. Nothing has been changed. "
        "Check host and port in DATABASE_URL, and that the server is running."
    )
    shell.refuses(message, *UPGRADE)
    shell.raises(CannotConnect, message, *UPGRADE)


def test_no_server_on_that_port(shell: Shell) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    use(shell, f"postgresql://me:{ENCODED}@127.0.0.1:{port}/shop")
    message = (
        f"cannot connect to postgresql://me:***@127.0.0.1:{port}/shop: connection to server at "
        f'"127.0.0.1", port {port} failed: Connection refused. Nothing has been changed. '
        "Check host and port in DATABASE_URL, and that the server is running."
    )
    shell.refuses(message, *UPGRADE)
    shell.raises(CannotConnect, message, *UPGRADE)


def test_other_dialect(shell: Shell) -> None:
    use(shell, "sqlite://")
    message = (
        "phased works with PostgreSQL, and the engine in env.py is for sqlite.\n"
        "Nothing has been changed. Give it a PostgreSQL URL:\n\n"
        "    export DATABASE_URL=postgresql://user:password@localhost:5432/mydb"
    )
    shell.refuses(message, *UPGRADE)
    shell.raises(NotPostgreSQL, message, *UPGRADE)


def test_not_a_url(shell: Shell) -> None:
    use(shell, "me:sEcret@localhost")
    message = (
        "the URL of the database cannot be read: it is not scheme://user:password@host:port/name\n"
        "Nothing has been changed. Write it like this, with @ as %40, : as %3A and / as %2F in "
        "user and password:\n\n"
        "    export DATABASE_URL=postgresql://user:password@localhost:5432/mydb"
    )
    shell.refuses(message, *UPGRADE)
    shell.raises(InvalidDatabaseUrl, message, *UPGRADE)


def test_at_sign_in_the_password_is_not_taken_for_the_host(shell: Shell) -> None:
    use(shell, "postgresql://me:sEc@ret@localhost/shop")
    done = shell.phased("current")
    assert (done.code, done.out) == (2, "")
    assert "the URL of the database cannot be read: it has more than one @" in done.err
    assert "ret@" not in done.err


def test_pool_with_a_single_connection(shell: Shell) -> None:
    env = shell.project.folder / "alembic" / "env.py"
    env.write_text(
        "from models import Base\n"
        "from sqlalchemy import create_engine\n"
        "from phased.environment import run\n"
        f"engine = create_engine({shell.project.url.replace(':', '+psycopg:', 1)!r}, pool_size=1,"
        " max_overflow=0, pool_timeout=0.1)\n"
        "run(engine, target_metadata=Base.metadata)\n"
    )
    url = connection.shown(make_url(shell.project.url))
    message = (
        f"the pool of the engine in env.py has no connection left for {url}, and phased needs "
        "two: one to work and one to look around.\n"
        "Nothing has been changed. Give env.py an engine with a pool of its own:\n\n"
        "    create_engine(url, poolclass=NullPool)"
    )
    shell.refuses(message, *UPGRADE)
    shell.raises(PoolTooSmall, message, *UPGRADE)


@pytest.mark.parametrize("size", [1, 2, 4])
def test_transaction_pooler(shell: Shell, server: URL, size: int) -> None:
    database = str(make_url(shell.project.url).database)
    with pooler.pooler(f"{folder_of(server)}/.s.PGSQL.5432", "postgres", database, size) as port:
        use(shell, f"postgresql://postgres:{ENCODED}@127.0.0.1:{port}/{database}")
        message = (
            f"postgresql://postgres:***@127.0.0.1:{port}/{database} is a connection pooler in "
            "transaction mode: a lock or a setting taken there belongs to whichever connection "
            "comes next.\n"
            "Nothing has been changed. Connect to PostgreSQL itself for migrations, for "
            "instance:\n\n    DATABASE_URL=postgresql://user:password@db.internal:5432/mydb "
            "alembic upgrade head"
        )
        shell.refuses(message, *UPGRADE)
        shell.raises(ThroughPooler, message, *UPGRADE)


def test_reading_goes_through_a_pooler(shell: Shell, server: URL) -> None:
    database = str(make_url(shell.project.url).database)
    with pooler.pooler(f"{folder_of(server)}/.s.PGSQL.5432", "postgres", database, 3) as port:
        use(shell, f"postgresql://postgres@127.0.0.1:{port}/{database}")
        assert shell.phased("status").code == 0
        assert shell.alembic("current").code == 0


def test_isolation_level_of_the_engine_is_not_ours(database: URL) -> None:
    engine = create_engine(database, isolation_level="SERIALIZABLE", poolclass=NullPool)
    with connection.connect(engine) as connected:
        level = connected.exec_driver_sql("SHOW transaction_isolation").scalar_one()
    assert level == "read committed"


def test_server_older_than_14() -> None:
    connection.refuse_old(14)
    with pytest.raises(ServerTooOld) as refused:
        connection.refuse_old(13)
    assert str(refused.value) == (
        "the server runs PostgreSQL 13, and phased needs 14 or newer (TID range scans, "
        "client_connection_check_interval).\n"
        "Nothing has been changed. Upgrade the server, or go on with plain Alembic for this one."
    )
