from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import psycopg
import pytest
import sqlalchemy as sa
from server import conninfo
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError, NotSupportedError
from sqlalchemy.ext.asyncio import create_async_engine

import phased
from phased.tag import release_of, tagged

if TYPE_CHECKING:
    from sqlalchemy import URL, Connection, Engine

NAME = sa.text("SELECT current_setting('application_name')")
READ = sa.text("SELECT note FROM notes")
RELEASE = "3f2a91c0b7de"


def named(engine: Engine) -> str:
    phased.tag(engine, RELEASE)
    with engine.connect() as connection:
        found = str(connection.execute(NAME).scalar_one())
    engine.dispose()
    return found


def test_the_users_own_name_stays_in_front(database: URL) -> None:
    assert named(sa.create_engine(database, connect_args={"application_name": "web"})) == (
        f"web@{RELEASE}"
    )
    in_url = database.update_query_dict({"application_name": "worker"})
    assert named(sa.create_engine(in_url)) == f"worker@{RELEASE}"


def test_a_session_without_a_name_is_called_as_the_program(
    database: URL, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", ["/srv/bin/serve.py"])
    assert named(sa.create_engine(database)) == f"serve@{RELEASE}"
    monkeypatch.setenv("PGAPPNAME", "from the environment")
    assert named(sa.create_engine(database)) == f"from the environment@{RELEASE}"


def test_an_async_engine(database: URL) -> None:
    async def name() -> str:
        engine = create_async_engine(database, connect_args={"application_name": "web"})
        phased.tag(engine, RELEASE)
        async with engine.connect() as connection:
            found = str((await connection.execute(NAME)).scalar_one())
        await engine.dispose()
        return found

    assert asyncio.run(name()) == f"web@{RELEASE}"


def test_a_long_name_is_cut_and_the_release_is_not(database: URL) -> None:
    long = "ä" * 60
    found = named(sa.create_engine(database, connect_args={"application_name": long}))
    assert found == tagged(long, RELEASE) == f"{'?' * 50}@{RELEASE}"
    assert release_of(found) == RELEASE


def test_the_release_of_a_session() -> None:
    assert release_of("web@a@b") == "b"
    assert release_of("psql") is None


@pytest.mark.parametrize("is_tagged", [True, False])
def test_a_prepared_statement_fails_once(database: URL, *, is_tagged: bool) -> None:
    engine = sa.create_engine(
        database, pool_size=1, max_overflow=0, connect_args={"prepare_threshold": 0}
    ).execution_options(isolation_level="AUTOCOMMIT")
    if is_tagged:
        phased.tag(engine, RELEASE)
    opened: list[object] = []
    event.listen(engine, "connect", lambda *_: opened.append(None))
    with engine.connect() as connection:
        connection.execute(sa.text("CREATE TABLE notes (note varchar(10))"))
        connection.execute(READ)
    with psycopg.connect(conninfo(database), autocommit=True) as other:
        other.execute("ALTER TABLE notes ALTER note TYPE varchar(20)")
    assert [_fails(engine) for _ in range(3)] == [True, not is_tagged, not is_tagged]
    assert len(opened) == (2 if is_tagged else 1)
    engine.dispose()


def _fails(engine: Engine) -> bool:
    with engine.connect() as connection:
        try:
            connection.execute(READ)
        except NotSupportedError as error:
            assert "cached plan must not change result type" in str(error)  # noqa: PT017 # it is optional
            return True
    return False


def test_other_errors_keep_the_connection(database: URL) -> None:
    engine = sa.create_engine(database, pool_size=1, max_overflow=0)
    phased.tag(engine, RELEASE)
    with engine.connect() as connection:
        before = _pid(connection)
        with pytest.raises(DBAPIError) as caught:
            connection.execute(sa.text("SELECT missing"))
        assert not caught.value.connection_invalidated
    with engine.connect() as connection:
        assert _pid(connection) == before
    engine.dispose()


def _pid(connection: Connection) -> int:
    return int(connection.execute(sa.text("SELECT pg_backend_pid()")).scalar_one())
