"""What cannot run in a transaction: watched from a second connection wherever it waits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest
from postgres.observation import Case, on_this_server, outcomes

from phased.statements import parse

if TYPE_CHECKING:
    from postgres.observation import Connection

POSTS = "CREATE TABLE posts (id bigint PRIMARY KEY, title text)"
INDEXED = f"{POSTS}; CREATE INDEX posts_title ON posts (title)"
EVENTS = """
CREATE TABLE events (id bigint NOT NULL, kind text) PARTITION BY RANGE (id);
CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM (0) TO (100)
"""
WRITES = "LOCK TABLE posts IN ROW EXCLUSIVE MODE"
READS = "LOCK TABLE posts IN ACCESS SHARE MODE"
PLANS = "SELECT id FROM posts"  # the planner opens every index
BUILDS = "LOCK TABLE posts IN SHARE UPDATE EXCLUSIVE MODE"
READS_PARENT = "LOCK TABLE ONLY events IN ACCESS SHARE MODE"
READS_PARTITION = "LOCK TABLE ONLY events_1 IN ACCESS SHARE MODE"

WATCHED = [
    Case("create", POSTS, "CREATE INDEX CONCURRENTLY i ON posts (title)", blockers=(WRITES,)),
    Case(
        "create_unique",
        POSTS,
        "CREATE UNIQUE INDEX CONCURRENTLY i ON posts (lower(title)) WHERE title <> ''",
        blockers=(WRITES,),
    ),
    Case("drop", INDEXED, "DROP INDEX CONCURRENTLY posts_title", blockers=(READS,)),
    Case("reindex_index", INDEXED, "REINDEX INDEX CONCURRENTLY posts_title", blockers=(WRITES,)),
    Case("reindex_table", INDEXED, "REINDEX TABLE CONCURRENTLY posts", blockers=(WRITES,)),
    Case("reindex_schema", POSTS, "REINDEX SCHEMA public", blockers=(WRITES, PLANS)),
    Case("vacuum", POSTS, "VACUUM posts", blockers=(BUILDS,)),
    Case("vacuum_full", POSTS, "VACUUM FULL posts", blockers=(READS,)),
    Case("vacuum_full_off", POSTS, "VACUUM (FULL off, ANALYZE) posts", blockers=(BUILDS,)),
    Case(
        "detach",
        EVENTS,
        "ALTER TABLE events DETACH PARTITION events_1 CONCURRENTLY",
        blockers=(READS_PARENT, READS_PARTITION),
    ),
]

REFUSED = [
    "CREATE DATABASE phased_never",
    "DROP DATABASE IF EXISTS phased_never",
    "ALTER SYSTEM SET work_mem = '5MB'",
    "CREATE TABLESPACE never LOCATION '/nowhere'",
    "DROP TABLESPACE IF EXISTS never",
    "VACUUM",
    "REINDEX DATABASE",
    "CLUSTER",
    "DISCARD ALL",
    "CREATE SUBSCRIPTION never CONNECTION 'host=nowhere.invalid' PUBLICATION p",
]
ALLOWED = [
    "SELECT 1",
    "SET work_mem = '5MB'",
    "RESET work_mem",
    "SHOW work_mem",
    "SAVEPOINT here",
    "SET CONSTRAINTS ALL DEFERRED",
    "DISCARD PLANS",
    "ALTER DATABASE {database} SET work_mem = '5MB'",
    "CREATE SUBSCRIPTION s CONNECTION 'host=nowhere.invalid' PUBLICATION p WITH (connect = false)",
    "CREATE EXTENSION IF NOT EXISTS plpgsql",
    "NOTIFY somebody",
    "CHECKPOINT",
    "ANALYZE",
]


@on_this_server(WATCHED)
def test_declared_is_observed(case: Case, connection: Connection) -> None:
    declared, observed = outcomes(case, connection)
    assert declared == observed


@pytest.mark.parametrize("sql", REFUSED)
def test_refused_in_a_transaction(sql: str, connection: Connection) -> None:
    assert [statement.transactional for statement in parse(sql)] == [False]
    with pytest.raises(psycopg.errors.ActiveSqlTransaction), connection.transaction():
        connection.execute(sql.encode())


@pytest.mark.parametrize("sql", ALLOWED)
def test_allowed_in_a_transaction(sql: str, connection: Connection) -> None:
    sql = sql.format(database=connection.info.dbname)
    assert [statement.transactional for statement in parse(sql)] == [True]
    with connection.transaction(force_rollback=True):
        connection.execute(sql.encode())
