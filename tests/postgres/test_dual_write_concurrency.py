"""Old code, new code and a backfill at the same time: no failed query, no divergent row."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from random import Random
from typing import TYPE_CHECKING

import pytest
from running import Project, wait_until

from phased import batch
from phased.cursor import Range
from phased.model import Backfill
from phased.operations.sync_columns import SyncColumnsOp
from phased.record import render

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import psycopg
    from sqlalchemy import URL

ROWS, WRITES = 200, 300
WRITTEN_BY_OLD = f"id <= {ROWS // 2}"
SYNC = SyncColumnsOp("t", old="code", new="n", up="code::int", down="n::text")
WORK = Backfill("t", {"n": "code::int"})


@pytest.fixture
def project(tmp_path: Path, database: URL) -> Project:
    project = Project(tmp_path, database)
    project.execute(
        "CREATE TABLE t (id int PRIMARY KEY, code text DEFAULT '00', note text, n int)",
        f"INSERT INTO t SELECT i, '0' || i FROM generate_series(1, {ROWS}) i",
        *render(SYNC),
    )
    return project


def fill(connection: psycopg.Connection[tuple[object, ...]], first: int, last: int) -> None:
    with connection.transaction():
        connection.execute(batch.TIMEOUTS.format(lock=10_000, statement=0).encode())
        connection.execute("SET LOCAL lock_timeout = 0")
        connection.execute(batch.sql(WORK, "t", Range(first, last)).encode())


def write(project: Project, statement: Callable[[Random], str], seed: int) -> None:
    chance = Random(seed)  # noqa: S311 # no secret
    with project.connect(autocommit=True) as connection:
        for _ in range(WRITES):
            connection.execute(statement(chance).encode())


def old_code(chance: Random) -> str:
    at, number = chance.randint(1, ROWS // 2), chance.randint(0, 99)
    if chance.random() < 0.1:
        return f"DELETE FROM t WHERE id = {at}"
    if chance.random() < 0.3:
        return f"INSERT INTO t (id, code) VALUES ({at}, '0{number}') ON CONFLICT (id) DO NOTHING"
    if chance.random() < 0.3:
        return f"UPDATE t SET note = '{number}' WHERE id = {at}"
    return f"UPDATE t SET code = '0{number}' WHERE id = {at}"


def new_code(chance: Random) -> str:
    at, number = chance.randint(ROWS // 2 + 1, ROWS), chance.randint(0, 99)
    return (
        f"INSERT INTO t (id, n) VALUES ({at}, {number}) ON CONFLICT (id) DO UPDATE SET n = {number}"
    )


def both(chance: Random) -> str:
    if chance.random() < 0.5:
        return new_code(chance)
    at, number = chance.randint(ROWS // 2 + 1, ROWS), chance.randint(0, 99)
    return f"UPDATE t SET code = '0{number}' WHERE id = {at}"


def test_everybody_at_the_same_time(project: Project) -> None:
    with ThreadPoolExecutor(5) as pool, project.connect(autocommit=True) as connection:
        writers = [
            pool.submit(write, project, statement, seed)
            for seed, statement in enumerate((old_code, old_code, new_code, both))
        ]
        while not all(writer.done() for writer in writers):
            fill(connection, 0, 1000)
        for writer in writers:
            writer.result()
        fill(connection, 0, 1000)
    assert project.execute("SELECT * FROM t WHERE n IS DISTINCT FROM code::int") == []
    assert project.execute(f"SELECT * FROM t WHERE {WRITTEN_BY_OLD} AND code NOT LIKE '0%'") == []


def test_a_batch_that_waits_for_old_code_fills_what_it_wrote(project: Project) -> None:
    with ThreadPoolExecutor(1) as pool, project.connect() as old, project.connect() as other:
        old.execute("UPDATE t SET code = '0777' WHERE id = 1")
        with project.connect(autocommit=True) as filler:
            batch_of_all = pool.submit(fill, filler, 0, 1000)
            other.autocommit = True
            wait_until(other, f"cardinality(pg_blocking_pids({filler.info.backend_pid})) > 0")
            old.commit()
            batch_of_all.result()
    assert project.execute("SELECT code, n FROM t WHERE id = 1") == [("0777", 777)]
    assert project.value("SELECT count(*) FROM t WHERE n IS NULL") == 0
