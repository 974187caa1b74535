from __future__ import annotations

from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from rolling import statements
from server import VERSION, conninfo

from phased.view_limits import LIMITS, limits

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import URL


USERS = """
CREATE TABLE people (id bigserial, email text DEFAULT 'x', CONSTRAINT pk PRIMARY KEY (id),
    CONSTRAINT uq UNIQUE (email));
CREATE TABLE child () INHERITS (people);
CREATE FUNCTION f(people) RETURNS text LANGUAGE sql AS 'SELECT $1.email';
INSERT INTO people (email) VALUES ('a'), ('b');
INSERT INTO child (email) VALUES ('c')
"""
WORKS = (
    "INSERT INTO users (email) VALUES ('d') RETURNING id",
    "INSERT INTO users (id, email) VALUES (DEFAULT, DEFAULT) RETURNING id, email",
    "INSERT INTO users DEFAULT VALUES RETURNING *",
    "INSERT INTO users (email) VALUES ('a') ON CONFLICT (email) DO UPDATE SET email = 'aa'",
    "INSERT INTO users AS u (email) VALUES ('a') ON CONFLICT DO NOTHING",
    "UPDATE users u SET email = 'e' FROM people p WHERE p.id = u.id AND u.id = 1 RETURNING u.*",
    "DELETE FROM users USING people p WHERE p.id = users.id AND p.id = 1 RETURNING users.id",
    "SELECT * FROM users FOR UPDATE",
    "SELECT * FROM users FOR UPDATE OF users SKIP LOCKED",
    "SELECT * FROM users FOR NO KEY UPDATE NOWAIT",
    "SELECT users, row_to_json(users) FROM users",
    "LOCK TABLE users IN SHARE MODE",
    "COPY (SELECT * FROM users) TO STDOUT",
    "MERGE INTO people p USING users u ON p.id = u.id WHEN MATCHED THEN UPDATE SET id = u.id",
    "SELECT nextval('people_id_seq'), currval('people_id_seq'), lastval()",
)


@pytest.fixture
def users(database: URL) -> Iterator[psycopg.Connection[Any]]:
    """A table people, renamed from users, and the view that keeps the name."""
    with psycopg.connect(conninfo(database), autocommit=True) as connection:
        connection.execute(USERS.replace("people", "users").replace("child", "heirs").encode())
        with connection.transaction():
            for sql in statements(['op.rename_table_through_view("users", "people")']):
                connection.execute(sql.encode())
            connection.execute("ALTER SEQUENCE users_id_seq RENAME TO people_id_seq")
        yield connection


def test_what_fails_on_the_view_works_on_the_table(users: psycopg.Connection[Any]) -> None:
    fails = [one for one in LIMITS if one.state]
    assert {one.sql: state(users, one.sql.format("people")) for one in fails} == {
        one.sql: "" for one in fails
    }
    assert {one.sql: state(users, one.sql.format("users")) for one in fails} == {
        one.sql: one.state if one in limits(VERSION) else "" for one in fails
    }


def test_what_differs_without_an_error(users: psycopg.Connection[Any]) -> None:
    differs = [one.sql for one in LIMITS if not one.state]
    same = [
        q for q in differs if answer(users, q.format("people")) == answer(users, q.format("users"))
    ]
    assert same == []


def test_what_is_not_listed_works(users: psycopg.Connection[Any]) -> None:
    assert {sql: state(users, sql) for sql in WORKS} == dict.fromkeys(WORKS, "")


def state(connection: psycopg.Connection[Any], sql: str) -> str:
    """How a statement fails; it is rolled back in any case."""
    try:
        with connection.transaction(force_rollback=True):
            run(connection, sql)
    except psycopg.Error as error:
        return error.sqlstate or "?"
    return ""


def run(connection: psycopg.Connection[Any], sql: str) -> None:
    if not sql.startswith("COPY"):
        connection.execute(sql.encode())
        return
    with connection.cursor().copy(sql.encode()) as copy:
        list(copy) if "TO STDOUT" in sql else copy.write(b"900\tz\n")


def answer(connection: psycopg.Connection[Any], sql: str) -> object:
    with connection.transaction(force_rollback=True):
        *before, last = sql.split("; ")
        for statement in before:
            connection.execute(statement.encode())
        return connection.execute(last.encode()).fetchone()
