"""Whichever way SQLAlchemy sends a statement, it passes through our function."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from phased.intercept import intercepted, numbered

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection, Engine

USERS = sa.table("users", sa.column("id", sa.Integer), sa.column("name", sa.Text))
WAYS: dict[str, tuple[Callable[[Connection], object], str]] = {
    "text": (
        lambda conn: conn.execute(sa.text("SELECT 5 % 2, '10%' WHERE 1 = :a OR 1 = :a"), {"a": 1}),
        "SELECT 5 % 2, '10%' WHERE 1 = $1 OR 1 = $1",
    ),
    "driver": (
        lambda conn: conn.exec_driver_sql("SELECT '%%', %s, %s", ("a", "b")),
        "SELECT '%', $1, $2",
    ),
    "no parameters": (
        lambda conn: conn.execution_options(no_parameters=True).exec_driver_sql("SELECT '%%s %'"),
        "SELECT '%%s %'",
    ),
    "many": (
        lambda conn: conn.execute(
            sa.text("INSERT INTO users VALUES (:id)"), [{"id": 1}, {"id": 2}]
        ),
        "INSERT INTO users VALUES ($1)",
    ),
    "returning many": (
        lambda conn: conn.execute(sa.insert(USERS).returning(USERS.c.id), [{"id": 1}, {"id": 2}]),
        "INSERT INTO users (id) VALUES ($1::INTEGER), ($2::INTEGER) RETURNING users.id",
    ),
    "streamed": (
        lambda conn: conn.execution_options(stream_results=True).scalars(sa.text("SELECT 1")).all(),
        "SELECT 1",
    ),
    "session": (
        lambda conn: Session(bind=conn).execute(sa.select(USERS.c.id)).all(),
        "SELECT users.id FROM users",
    ),
    "savepoint": (lambda conn: conn.begin_nested(), "SAVEPOINT sa_savepoint_1"),
    "ddl": (
        lambda conn: sa.Table("t", sa.MetaData(), sa.Column("a%", sa.Integer)).create(
            conn, checkfirst=False
        ),
        'CREATE TABLE t ( "a%" INTEGER )',
    ),
}


@pytest.fixture
def connection(engine: Engine) -> Connection:
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE users (id int, name text)"))
    with engine.connect() as connection:
        yield connection


@pytest.mark.parametrize("way", WAYS)
def test_every_way(connection: Connection, way: str) -> None:
    run, sql = WAYS[way]
    heard: list[str] = []

    def turn(text: str, send: Callable[[], None]) -> None:
        heard.append(" ".join(text.split()))
        send()

    with intercepted(connection, turn):
        run(connection)
    assert heard == [sql]


def test_what_is_not_sent_does_not_happen(connection: Connection) -> None:
    with intercepted(connection, lambda _sql, _send: None):
        connection.execute(sa.text("INSERT INTO users VALUES (1)"))
    assert connection.scalar(sa.text("SELECT count(*) FROM users")) == 0


def test_others_are_left_alone(connection: Connection, engine: Engine) -> None:
    with intercepted(connection, lambda _sql, _send: None), engine.connect() as other:
        assert other.scalar(sa.text("SELECT 1")) == 1
    assert connection.scalar(sa.text("SELECT 1")) == 1


def test_names_that_only_look_alike() -> None:
    assert numbered("%(a)s %(b)s %(a)s %s %s %% %%s") == "$1 $2 $1 $3 $4 % %s"
