from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from running import Project, of, statements

from phased.batch import sql
from phased.cursor import Range, next_width
from phased.errors.running import LockBudgetSpent, StepFailed
from phased.model import Backfill, Phase, StepState

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import URL

    from phased.model import Event

ROWS = 20_000
FILL = """
def expand():
    op.add_column("users", sa.Column("handle", sa.Text))

def backfill():
    op.backfill("users", {"handle": "name"})
"""

FILL_ALONE = """
def expand():
    pass

def backfill():
    op.backfill("users", {"handle": "name"})
"""


class Killed(BaseException):
    """Stands for SIGKILL: nothing catches it, and the connections are closed."""


@pytest.fixture
def project(tmp_path: Path, emptied: URL, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.setenv("PHASED_MAX_STALL", "100ms")
    monkeypatch.setenv("PHASED_BATCH_DURATION", "20ms")
    project = Project(tmp_path, emptied)
    project.execute(
        "CREATE TABLE users (id bigint, name text) WITH (autovacuum_enabled = false)",
        f"INSERT INTO users SELECT g, 'n' || g FROM generate_series(1, {ROWS}) g",
    )
    return project


def missing(project: Project, table: str = "users", column: str = "handle") -> int:
    found: int = project.value(f"SELECT count(*) FROM {table} WHERE {column} IS NULL")
    return found


def on_progress(project: Project, action: Any, *, number: int = 1) -> None:
    """Do something once, after so many batches."""
    seen: list[Event] = []

    def watch(event: Event) -> None:
        if event.kind == "progress":
            seen.append(event)
            if len(seen) == number:
                action()

    project.watching.append(watch)


def kill() -> None:
    raise Killed


def cursor(project: Project) -> dict[str, Any]:
    found: dict[str, Any] = project.value("SELECT cursor FROM phased_step WHERE phase = 'backfill'")
    return found


def test_every_row_is_filled_in_batches(project: Project) -> None:
    project.revision(FILL)
    events = project.upgrade()
    assert project.value("SELECT count(*) FROM users WHERE handle = name") == ROWS
    progress = of(events, "progress")
    assert len([event for event in progress if not event.data["sweep"]]) > 2
    done = [event.data["done"] for event in progress]
    assert done == sorted(done)
    assert done[-1] == progress[-1].data["total"] == ROWS
    assert project.value("SELECT count(DISTINCT xmin::text) FROM users") > 2
    assert len(statements(events)) == 2


def test_there_are_statistics_afterwards(project: Project) -> None:
    project.revision(FILL)
    project.upgrade()
    assert project.value("SELECT count(*) FROM pg_stats WHERE attname = 'handle'") == 1


def test_a_killed_run_goes_on_where_it_stood(project: Project) -> None:
    project.revision(FILL)
    on_progress(project, kill, number=1)
    with pytest.raises(Killed):
        project.upgrade()
    left = missing(project)
    assert 0 < left < ROWS
    ((first, last, stride, strides),) = cursor(project)["leaves"]["users"]["open"]
    full = (
        "SELECT count(*) FROM users WHERE handle IS NULL"
        f" AND ctid >= '({first},0)' AND ctid < '({last},0)'"
        f" AND (hashtid(ctid) & {strides - 1}) < {stride}"
    )
    assert 0 < stride < strides
    assert project.value(full) == 0
    assert cursor(project)["filled"] == ROWS - left
    project.watching.clear()
    events = project.upgrade()
    assert missing(project) == 0
    progress = of(events, "progress")
    assert progress[0].data["done"] > ROWS - left
    assert progress[-1].data["done"] == ROWS
    assert cursor(project)["filled"] == ROWS
    assert statements(events) == []  # the walk did not begin again


def test_it_begins_again_when_the_rows_have_moved_to_a_new_file(project: Project) -> None:
    project.execute(f"DELETE FROM users WHERE id <= {ROWS // 2}")
    project.revision(FILL)
    on_progress(project, kill, number=1)
    with pytest.raises(Killed):
        project.upgrade()
    assert missing(project)
    project.watching.clear()
    project.execute("VACUUM FULL users")
    project.upgrade()
    assert missing(project) == 0


def test_it_begins_again_when_the_rows_move_during_the_walk(project: Project) -> None:
    """The rows come nearer to the start of the file, into pages that were walked."""
    project.execute(f"DELETE FROM users WHERE id <= {ROWS // 2}")
    project.revision(FILL)
    on_progress(project, lambda: project.execute("VACUUM FULL users"), number=2)
    events = project.upgrade()
    assert missing(project) == 0
    sweeps = {event.data["sweep"] for event in of(events, "progress")}
    found = [e.data["done"] for e in of(events, "progress") if e.data["sweep"] == 0]
    assert found[-1] == ROWS // 2
    assert sweeps == {0, 1}


def test_rows_that_move_to_pages_behind_the_walk_are_filled(project: Project) -> None:
    """An update of the last row writes it anew, into the room at the start of the table."""
    project.execute("DELETE FROM users WHERE id <= 100", "VACUUM users")
    project.revision(FILL)
    move = f"UPDATE users SET name = name || 'x' WHERE id > {ROWS - 50}"
    on_progress(project, lambda: project.execute(move), number=2)
    events = project.upgrade()
    assert missing(project) == 0
    assert any(event.data["sweep"] for event in of(events, "progress"))


def test_rows_that_are_appended_during_the_walk_are_filled(project: Project) -> None:
    project.revision(FILL)
    more = f"INSERT INTO users SELECT g, 'm' || g FROM generate_series(1, {ROWS}) g"
    on_progress(project, lambda: project.execute(more), number=2)
    project.upgrade()
    assert missing(project) == 0


def test_an_expression_that_is_null_ends(project: Project) -> None:
    project.revision(FILL.replace('"name"', '"CASE WHEN id % 2 = 0 THEN name END"'))
    events = project.upgrade()
    assert missing(project) == ROWS // 2
    assert {event.data["sweep"] for event in of(events, "progress")} == {0, 1}


def test_a_condition_that_stays_true_ends(project: Project) -> None:
    project.revision("""
    def expand():
        op.add_column("users", sa.Column("handle", sa.Text))

    def backfill():
        op.backfill("users", {"handle": "name"}, where="id > 0")
    """)
    project.upgrade()
    assert missing(project) == 0


def test_values_that_are_there_stay(project: Project) -> None:
    project.execute(
        "ALTER TABLE users ADD a text, ADD b text",
        "UPDATE users SET a = 'kept' WHERE id = 1",
        "UPDATE users SET b = 'kept' WHERE id = 2",
    )
    project.revision("""
    def expand():
        pass

    def backfill():
        op.backfill("users", {"a": "name", "b": "name || '%'"})
    """)
    project.upgrade()
    rows = project.execute("SELECT a, b FROM users WHERE id <= 3 ORDER BY id")
    assert rows == [("kept", "n1%"), ("n2", "kept"), ("n3", "n3%")]


def test_quoted_names_in_another_schema(project: Project) -> None:
    project.execute(
        'CREATE SCHEMA "My schema"',
        'CREATE TABLE "My schema"."Order" ("userId" int, "fullName" text)',
        'INSERT INTO "My schema"."Order" SELECT g FROM generate_series(1, 10) g',
    )
    value = """'%' || "Order"."userId\""""
    project.revision(f"""
    def expand():
        pass

    def backfill():
        op.backfill("Order", {{"fullName": {value!r}}}, schema="My schema")
    """)
    project.upgrade()
    assert missing(project, '"My schema"."Order"', '"fullName"') == 0
    stats = "SELECT count(*) FROM pg_stats WHERE tablename = 'Order'"
    assert project.value(stats) == 1


PARTITIONED = """
CREATE TABLE events (id bigint, note text, filled text) PARTITION BY RANGE (id);
CREATE TABLE "Events 1" PARTITION OF events FOR VALUES FROM (0) TO (100);
CREATE TABLE events_2 PARTITION OF events FOR VALUES FROM (100) TO (300) PARTITION BY RANGE (id);
CREATE TABLE events_2a PARTITION OF events_2 FOR VALUES FROM (100) TO (200);
INSERT INTO events SELECT g, 'n' FROM generate_series(0, 199) g
"""
FILL_EVENTS = """
def expand():
    pass

def backfill():
    op.backfill("events", {"filled": "events.note || events.id"})
"""


def test_a_partitioned_table_is_walked_leaf_by_leaf(project: Project) -> None:
    project.execute(*PARTITIONED.split(";"))
    project.revision(FILL_EVENTS)
    kept: list[dict[str, Any]] = []
    on_progress(project, lambda: kept.append(cursor(project)), number=2)
    project.upgrade()
    assert missing(project, "events", "filled") == 0
    assert set(kept[0]["leaves"]) == {'"Events 1"', "events_2a"}


def test_a_partition_that_comes_during_the_walk_is_filled(project: Project) -> None:
    project.execute(*PARTITIONED.split(";"))
    project.revision(FILL_EVENTS)

    def come() -> None:
        project.execute(
            "CREATE TABLE events_0 PARTITION OF events FOR VALUES FROM (300) TO (400)",
            "INSERT INTO events VALUES (300, 'n')",
            'DROP TABLE "Events 1"',
        )

    on_progress(project, come)
    project.upgrade()
    assert missing(project, "events", "filled") == 0
    assert project.value("SELECT count(*) FROM events") == 101


def test_children_by_inheritance_are_filled(project: Project) -> None:
    project.execute(
        "CREATE TABLE admins () INHERITS (users)", "INSERT INTO admins VALUES (0, 'root')"
    )
    project.revision(FILL)
    project.upgrade()
    assert missing(project) == 0


def test_a_table_that_is_not_there(project: Project) -> None:
    project.revision(FILL.replace('backfill("users"', 'backfill("nowhere"'))
    with pytest.raises(StepFailed, match='relation "nowhere" does not exist'):
        project.upgrade()


def test_the_application_has_the_row_first(project: Project) -> None:
    """A deadlock would end one of the two: the backfill lets go before PostgreSQL looks."""
    project.execute(
        f"ALTER DATABASE {project.url.database} SET deadlock_timeout = '2s'",
        "CREATE INDEX ON users (id)",
    )
    project.execute("ALTER TABLE users ADD handle text")
    project.revision(FILL_ALONE)
    waited: list[Exception] = []
    with project.connect(application_name="web") as web:
        web.execute("UPDATE users SET name = 'web' WHERE id = 3000")

        def cross() -> None:
            """The application wants a row that the batch under way has filled already."""
            try:
                web.execute("UPDATE users SET name = 'web' WHERE id = 1")
                web.commit()
            except psycopg.Error as error:
                waited.append(error)

        crossing = threading.Thread(target=cross)

        def begin(event: Event) -> None:
            if event.kind == "statement" and "UPDATE" in event.text and not crossing.ident:
                crossing.start()

        project.watching.append(begin)
        project.upgrade()
        crossing.join()
    assert not waited
    assert missing(project) == 0
    assert project.value("SELECT count(*) FROM users WHERE name = 'web'") == 2


def test_a_row_that_is_locked_for_long_is_filled_in_the_end(project: Project) -> None:
    """The walk goes on without it; the sweep waits for it."""
    project.execute("ALTER TABLE users ADD handle text")
    project.revision(FILL_ALONE)
    with project.connect(application_name="web") as web:
        web.execute("UPDATE users SET name = 'web' WHERE id = 10")

        def let_go(event: Event) -> None:
            if event.kind == "progress" and event.data["done"] > ROWS // 2:
                web.commit()

        project.watching.append(let_go)
        events = project.upgrade()
    assert of(events, "attempt")
    assert missing(project) == 0
    assert project.value("SELECT handle FROM users WHERE id = 10") == "web"


def test_who_keeps_a_row_locked_is_named_when_the_budget_ends(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PHASED_LOCK_BUDGET", "500ms")
    monkeypatch.setenv("PHASED_MAX_STALL", "2s")  # an attempt waits for longer than a look takes
    project.execute("ALTER TABLE users ADD handle text")
    project.revision(FILL_ALONE)
    with project.connect(application_name="web") as web:
        web.execute("UPDATE users SET name = 'web' WHERE id = 10")
        with pytest.raises(LockBudgetSpent) as caught:
            project.upgrade()
        assert f"pid {web.info.backend_pid} " in str(caught.value)
        assert "(web)" in str(caught.value)
    status = project.status()["b2"].phases[Phase.BACKFILL]
    assert status.state == StepState.FAILED
    project.upgrade()
    assert missing(project) == 0


def test_a_table_that_is_locked_is_waited_for(project: Project) -> None:
    project.revision(FILL)
    with project.connect() as other:

        def lock(event: Event) -> None:
            if event.kind == "progress" and not of(project.events, "attempt"):
                other.execute("LOCK TABLE users IN SHARE MODE")
            if event.kind == "attempt":
                other.commit()

        project.watching.append(lock)
        project.upgrade()
    assert missing(project) == 0


def test_a_batch_that_takes_too_long_is_made_smaller(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The application would wait for its rows."""
    monkeypatch.setenv("PHASED_MAX_STALL", "50ms")
    project.execute(
        "TRUNCATE users",
        "ALTER TABLE users ADD filler text",
        "ALTER TABLE users ALTER filler SET STORAGE PLAIN",
        "INSERT INTO users SELECT g, 'n', repeat('x', 5000) FROM generate_series(1, 30) g",
        "CREATE FUNCTION slow(text) RETURNS text LANGUAGE sql VOLATILE"
        " AS $$ SELECT $1 FROM pg_sleep(0.01) $$",
    )
    project.revision(FILL.replace('"name"', '"slow(name)"'))
    events = project.upgrade()
    assert missing(project) == 0
    assert len([e for e in of(events, "progress") if not e.data["sweep"]]) >= 6


def test_a_mended_backfill_begins_again(project: Project) -> None:
    project.execute("UPDATE users SET name = 'zero' WHERE id = 15000")
    broken = "\"(1 / (CASE name WHEN 'zero' THEN 0 ELSE 1 END))::text\""
    project.revision(FILL.replace('"name"', broken))
    with pytest.raises(StepFailed, match="division by zero"):
        project.upgrade()
    assert 0 < missing(project) < ROWS
    assert cursor(project)["filled"]
    project.execute("UPDATE users SET handle = NULL WHERE id = 1")
    project.revision(FILL)
    events = project.upgrade()
    assert missing(project) == 0
    assert len(statements(events)) == 1  # the walk began again


@pytest.mark.parametrize(
    ("size", "took", "expected"),
    [
        (100, 0.1, 100),
        (100, 0.05, 200),
        (100, 0.001, 200),
        (100, 0.15, 67),
        (100, 10, 50),
        (1, 10, 1),
        (16_384, 0.001, 16_384),
        (100, 0, 200),
    ],
)
def test_the_size_follows_the_duration(size: int, took: float, expected: int) -> None:
    assert next_width(size, took, 0.1) == expected


def test_the_sql_of_a_batch() -> None:
    one = Backfill("users", {"handle": "name"})
    assert sql(one, "users", Range(0, 32)) == (
        "UPDATE ONLY users SET handle = name WHERE (handle IS NULL)"
        " AND users.ctid >= '(0,0)' AND users.ctid < '(32,0)'"
    )
    two = Backfill("Order", {"a": "x", "B": "y"}, schema="billing")
    assert sql(two, 'billing."Order_1"', Range(32, 33), again=True) == (
        'UPDATE ONLY billing."Order_1" AS "Order" SET a = COALESCE(a, x), "B" = COALESCE("B", y)'
        ' WHERE (a IS NULL AND (x) IS NOT NULL OR "B" IS NULL AND (y) IS NOT NULL)'
        " AND \"Order\".ctid >= '(32,0)' AND \"Order\".ctid < '(33,0)'"
    )
    chosen = Backfill("users", {"a": "b"}, where="a <> b")
    assert "SET a = b WHERE (a <> b)" in sql(chosen, "users", Range(0, 1), again=True)
