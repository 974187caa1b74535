from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import (
    Identity,
    MetaData,
    Text,
    create_engine,
    event,
    func,
    select,
    text,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from app.models import Base, Tag
from app.traffic import Release

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import URL, Engine

    from app.workload.measurements import Row


@pytest.fixture
def pooled(database: URL) -> Iterator[Engine]:
    """What an application has: a pool, and statements that get prepared."""
    engine = create_engine(database, pool_size=8)
    Base.metadata.create_all(engine)
    yield engine
    engine.dispose()


def until(engine: Engine, enough: Callable[[int], bool]) -> threading.Event:
    """Set when the engine has executed as many statements as asked."""
    seen, reached = [0], threading.Event()

    @event.listens_for(engine, "after_cursor_execute")
    def _count(*_: object) -> None:
        seen[0] += 1
        if enough(seen[0]):
            reached.set()

    return reached


def failures(rows: list[Row]) -> dict[str, int]:
    found: dict[str, int] = {}
    for row in rows:
        for sqlstate, number in row["sqlstates"].items():
            found[sqlstate] = found.get(sqlstate, 0) + number
    return found


def test_traffic_on_its_own_models_does_not_fail(pooled: Engine) -> None:
    release = Release("old", Base, pooled, seed=1)
    enough = until(pooled, lambda seen: seen > 3000)
    with release:
        assert enough.wait(60)
    assert release.messages == {}
    assert {row["operation"] for row in release.rows()} == {
        "get",
        "page",
        "insert",
        "update",
        "touch",
        "upsert",
        "delete",
        "link",
    }


def test_traffic_writes_every_table_and_deletes_only_its_own_rows(pooled: Engine) -> None:
    with pooled.begin() as connection:
        connection.execute(
            text("INSERT INTO tags (name) SELECT 't' || i FROM generate_series(1, 50) i")
        )
    enough = until(pooled, lambda seen: seen > 3000)
    with Release("old", Base, pooled, seed=1):
        assert enough.wait(60)
    with pooled.connect() as connection:
        for table in Base.metadata.sorted_tables:
            assert connection.scalar(select(func.count()).select_from(table)), table.name
        assert connection.scalar(select(func.count()).where(Tag.id <= 50)) == 50


def test_failures_carry_the_sqlstate_and_the_phase(pooled: Engine) -> None:
    release = Release("old", Base, pooled, seed=1)
    before, after = until(pooled, lambda seen: seen > 300), threading.Event()
    with release:
        assert before.wait(60)
        release.phase = "broken"
        with pooled.begin() as connection:
            connection.execute(text("ALTER TABLE posts RENAME COLUMN title TO headline"))
        fail = release.recorder.fail

        def notice(*arguments: str) -> None:
            fail(*arguments)
            if arguments[1] == "insert":
                after.set()

        release.recorder.fail = notice  # type: ignore[method-assign] # to see the first failure
        assert after.wait(60)
    assert set(failures(release.rows())) == {"42703"}
    assert {row["phase"] for row in release.rows() if row["failures"]} == {"broken"}
    assert "posts" in release.messages["42703"]
    assert "title" in release.messages["42703"]


def test_a_lost_connection_is_a_failure_and_not_the_end(pooled: Engine, engine: Engine) -> None:
    release = Release("old", Base, pooled, seed=1)
    before = until(pooled, lambda seen: seen > 300)
    with release:
        assert before.wait(60)
        with engine.begin() as connection:
            connection.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            )
        again = until(pooled, lambda seen: seen > 300)
        assert again.wait(60)
    assert 1 <= sum(failures(release.rows()).values()) <= 8
    assert set(failures(release.rows())) <= {"57P01", "08006"}


def test_models_that_do_not_fit_the_database_are_refused_at_the_start(engine: Engine) -> None:
    release = Release("old", Base, engine, seed=1)
    with pytest.raises(DBAPIError, match="does not exist"):
        release.start()
    assert threading.active_count() == 1


def test_the_same_seed_gives_the_same_queries(pooled: Engine) -> None:
    def run() -> list[tuple[str, str]]:
        Base.metadata.drop_all(pooled)
        Base.metadata.create_all(pooled)
        statements: list[tuple[str, str]] = []

        def keep(*arguments: object) -> None:
            if len(statements) < 400:
                statements.append((str(arguments[2]), str(arguments[3])))

        event.listen(pooled, "before_cursor_execute", keep)
        enough = until(pooled, lambda seen: seen > 400)
        with Release("old", Tag.registry, pooled, seed=7, workers=1):
            assert enough.wait(60)
        event.remove(pooled, "before_cursor_execute", keep)
        return [statement for statement in statements if "gen_random_uuid" not in statement[0]]

    first, second = run(), run()
    inserts = [s for s in first if s[0].startswith("INSERT INTO tags")]
    assert inserts
    assert inserts == [s for s in second if s[0].startswith("INSERT INTO tags")]


def test_a_rate_is_kept(pooled: Engine) -> None:
    release = Release("old", Base, pooled, seed=1, workers=2, rate=10)
    assert release.pause == 0.2


def test_statements_are_prepared_as_in_an_application_that_has_run_for_a_while(
    pooled: Engine,
) -> None:
    """Only a prepared statement sees that the type of a column in its result has changed."""
    release = Release("old", [Tag], pooled, seed=1)
    before = until(pooled, lambda seen: seen > 500)
    with release:
        assert before.wait(60)
        with pooled.begin() as connection:
            connection.execute(text("ALTER TABLE tags ALTER name TYPE varchar(100)"))
        assert until(pooled, lambda seen: seen > 500).wait(60)
    assert set(failures(release.rows())) == {"0A000"}


def test_tables_with_more_weight_are_used_more(pooled: Engine) -> None:
    counted: dict[str, int] = {"posts": 0, "media": 0}

    @event.listens_for(pooled, "after_cursor_execute")
    def _count(*arguments: object) -> None:
        for table in counted:
            counted[table] += f"FROM {table}" in str(arguments[2])

    enough = until(pooled, lambda seen: seen > 2000)
    with Release("old", Base, pooled, seed=1, weights={"posts": 20}):
        assert enough.wait(60)
    assert counted["posts"] > 5 * counted["media"]


def test_two_sets_of_models_run_on_one_database(pooled: Engine, database: URL) -> None:
    class NewBase(DeclarativeBase):
        metadata = MetaData()

    class NewTag(NewBase):
        __tablename__ = "tags"
        id: Mapped[int] = mapped_column(Identity(), primary_key=True)
        name: Mapped[str] = mapped_column(Text, unique=True)
        colour: Mapped[str] = mapped_column(Text)

    with pooled.begin() as connection:
        connection.execute(text("ALTER TABLE tags ADD COLUMN colour text"))
    second = create_engine(database, pool_size=8)
    old, new = Release("old", Base, pooled, seed=1), Release("new", NewBase, second, seed=2)
    enough_old = until(pooled, lambda seen: seen > 1000)
    enough_new = until(second, lambda seen: seen > 1000)
    with old, new:
        assert enough_old.wait(60)
        assert enough_new.wait(60)
    assert (old.messages, new.messages) == ({}, {})
    with pooled.connect() as connection:
        written = connection.scalar(text("SELECT count(*) FROM tags WHERE colour IS NOT NULL"))
    assert written
