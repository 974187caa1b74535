from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest
from running import Project, of, statements, wait_until, wait_until_old

from phased.errors.running import LockBudgetSpent

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import psycopg
    from sqlalchemy import URL

    from phased.model import Event

STALL = 300  # milliseconds; a slow machine may lose as many between two locks, and try again
PATIENT = 60_000  # milliseconds that no machine loses there
ADD = """
def expand():
    op.add_column("users", sa.Column("handle", sa.Text))
"""


@pytest.fixture
def project(tmp_path: Path, emptied: URL, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.setenv("PHASED_MAX_STALL", f"{STALL}ms")
    project = Project(tmp_path, emptied)
    project.execute(
        "CREATE TABLE users (id bigint PRIMARY KEY, name text); INSERT INTO users VALUES (1, 'a')"
    )
    return project


@pytest.fixture
def reader(project: Project) -> Iterator[psycopg.Connection[Any]]:
    """A session that has read a table and keeps its transaction open."""
    with project.connect(application_name="report") as connection:
        yield connection


def hold(
    project: Project, connection: psycopg.Connection[Any], sql: str = "SELECT * FROM users"
) -> None:
    """Run a statement and wait until its transaction is no longer young."""
    connection.execute(sql.encode())
    with project.connect(autocommit=True) as other:
        wait_until_old(other, connection.info.backend_pid, STALL)


def attempts(events: list[Event]) -> list[list[Event]]:
    """The lock requests, attempt by attempt."""
    found: list[list[Event]] = [[]]
    for event in events:
        if event.kind == "lock":
            found[-1].append(event)
        elif event.kind in {"attempt", "done"}:
            found.append([])
    return [requests for requests in found if requests]


def refusals(events: list[Event]) -> list[Event]:
    """The attempts that ended because of somebody."""
    return [event for event in of(events, "attempt") if event.data["blockers"]]


def queued(project: Project) -> int:
    """How many requests for locks wait in the database."""
    return int(
        project.value(
            "SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid"
            " WHERE NOT granted AND datname = current_database()"
        )
    )


def assert_within_stall(events: list[Event], stall: int = STALL) -> None:
    for requests in attempts(events):
        for event in requests:
            assert 0 < event.data["timeout_ms"] <= stall
            assert event.data["waited_ms"] + event.data["timeout_ms"] <= stall


def test_a_reader_is_waited_for_outside_the_queue(
    project: Project, reader: psycopg.Connection[Any]
) -> None:
    hold(project, reader)
    requests: list[int] = []

    def let_go(event: Event) -> None:
        if event.kind == "waiting":
            requests.append(queued(project))
            project.execute("INSERT INTO users VALUES (2, 'b')")  # nobody stalls behind us
            reader.commit()

    project.watching.append(let_go)
    project.revision(ADD)
    events = project.upgrade()
    (waiting,), (lock,) = of(events, "waiting"), of(events, "lock")
    assert requests == [0]
    assert events.index(waiting) < events.index(lock)
    assert not refusals(events)
    assert_within_stall(events)
    (blocker,) = waiting.data["blockers"]
    user = project.value("SELECT current_user")
    assert f"pid {reader.info.backend_pid} {user} (report), idle in transaction for" in waiting.text
    assert waiting.text.endswith("AccessShareLock on users: SELECT * FROM users")
    assert blocker["pid"] == reader.info.backend_pid
    assert blocker["age"] >= STALL / 1000


def test_a_reader_of_seconds(project: Project, reader: psycopg.Connection[Any]) -> None:
    """As in life: a query that takes its time, and traffic all the while."""
    stop = threading.Event()

    def read() -> None:
        reader.execute("SELECT pg_sleep(2) FROM users")
        reader.commit()

    def write() -> None:
        with project.connect(autocommit=True) as connection:
            while not stop.is_set():
                connection.execute("UPDATE users SET name = 'x' WHERE id = 1")

    threads = threading.Thread(target=read), threading.Thread(target=write)
    for thread in threads:
        thread.start()
    with project.connect(autocommit=True) as other:
        wait_until_old(other, reader.info.backend_pid, STALL)
    project.revision(ADD)
    try:
        events = project.upgrade()
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert of(events, "waiting")
    assert_within_stall(events)
    assert project.value("SELECT count(handle) FROM users") == 0


def test_a_blocker_that_comes_after_the_look(
    project: Project, reader: psycopg.Connection[Any]
) -> None:
    def race(event: Event) -> None:
        if event.kind == "lock" and not refusals(project.events):
            reader.execute("SELECT * FROM users")
        if event.kind == "attempt":
            assert queued(project) == 0
            reader.commit()

    project.watching.append(race)
    project.revision(ADD)
    events = project.upgrade()
    (attempt,) = refusals(events)
    assert attempt.data["sqlstate"] == "55P03"
    assert attempt.data["blockers"][0]["pid"] == reader.info.backend_pid
    assert f"pid {reader.info.backend_pid}" in attempt.text
    assert len(attempts(events)) == 2
    assert_within_stall(events)
    (done,) = of(events, "done")
    assert done.data["attempts"] == len(of(events, "attempt")) + 1


def test_the_budget_ends(
    project: Project, reader: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PHASED_LOCK_BUDGET", "300ms")
    hold(project, reader)
    project.revision(ADD)
    with pytest.raises(LockBudgetSpent) as caught:
        project.upgrade()
    message, pid = str(caught.value), reader.info.backend_pid
    assert "revision b2: expand step 1 did not get its locks within 300 ms" in message
    assert f"    pid {pid} " in message
    assert f"    SELECT pg_terminate_backend({pid});" in message
    assert message.endswith("    alembic upgrade head")
    assert not of(project.events, "lock")
    assert project.status()["b2"].phases[0].state == "failed"
    assert "did not get its locks" in project.status()["b2"].phases[0].detail
    reader.commit()
    monkeypatch.delenv("PHASED_LOCK_BUDGET")
    project.upgrade()
    assert project.value("SELECT count(handle) FROM users") == 0


def test_attempts_end_with_the_budget_too(
    project: Project, reader: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody always comes after the look: the last attempt has a timeout like the first."""
    monkeypatch.setenv("PHASED_LOCK_BUDGET", "1s")

    def race(event: Event) -> None:
        if event.kind == "lock":
            reader.execute("SELECT * FROM users")
        if event.kind == "attempt":
            reader.commit()

    project.watching.append(race)
    project.revision(ADD)
    with pytest.raises(LockBudgetSpent, match=f"pid {reader.info.backend_pid}"):
        project.upgrade()
    assert len(attempts(project.events)) >= 2
    assert_within_stall(project.events)


def test_steady_slow_queries_do_not_keep_it_out(
    project: Project, reader: psycopg.Connection[Any]
) -> None:
    """At every look somebody holds the table for long, but never twice the same."""
    hold(project, reader)
    other = project.connect(application_name="next")

    def hand_over(event: Event) -> None:
        if event.kind == "waiting" and reader.info.transaction_status:
            hold(project, other)
            reader.commit()
        elif event.kind in {"waiting", "lock"}:
            other.commit()

    project.watching.append(hand_over)
    project.revision(ADD)
    with other:
        events = project.upgrade()
    assert "(report)" in of(events, "waiting")[0].text
    assert len(of(events, "lock")) == 1


def test_young_transactions_are_not_waited_for(
    project: Project, reader: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PHASED_MAX_STALL", "30s")
    reader.execute("SELECT * FROM users")
    project.watching.append(lambda event: reader.commit() if event.kind == "lock" else None)
    project.revision(ADD)
    assert not of(project.upgrade(), "waiting")


def test_a_deadlock_is_tried_again(
    project: Project, reader: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The application locks in the opposite order, and PostgreSQL ends ours."""
    monkeypatch.setenv("PHASED_MAX_STALL", "1500ms")
    database = project.url.database
    project.execute(
        "CREATE TABLE posts (id bigint)", f"ALTER DATABASE {database} SET deadlock_timeout = '20ms'"
    )
    crossing = threading.Thread(target=lambda: reader.execute("SELECT * FROM posts"))

    def cross(event: Event) -> None:
        if event.kind == "step":
            reader.execute("SET deadlock_timeout = '60s'; SELECT * FROM users")
        if event.kind == "lock" and event.data["table"] == "users" and not crossing.ident:
            crossing.start()
            with project.connect(autocommit=True) as other:
                wait_until(other, f"cardinality(pg_blocking_pids({reader.info.backend_pid})) > 0")
        if event.kind == "attempt":
            crossing.join()
            reader.commit()

    project.watching.append(cross)
    project.revision("""
    def expand():
        op.add_column("posts", sa.Column("a", sa.Text))
        op.add_column("users", sa.Column("a", sa.Text))
    """)
    events = project.upgrade()
    (attempt,) = of(events, "attempt")
    assert attempt.data["sqlstate"] == "40P01"
    assert project.value("SELECT count(a) FROM users") == 0


def test_parents_are_locked_before_children(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PHASED_MAX_STALL", f"{PATIENT}ms")
    project.execute(
        "CREATE TABLE comments (id bigint PRIMARY KEY, author bigint REFERENCES users)",
        'CREATE TABLE "Answers" (id bigint, comment bigint REFERENCES comments)',
    )
    project.revision("""
    def expand():
        for table in ("Answers", "comments", "users"):
            op.add_column(table, sa.Column("note", sa.Text))
    """)
    (requests,) = attempts(project.upgrade())
    assert [event.data["table"] for event in requests] == ["users", "comments", '"Answers"']
    assert {event.data["lock"] for event in requests} == {"ACCESS EXCLUSIVE"}
    waited = [event.data["waited_ms"] for event in requests]
    assert waited == sorted(waited)
    assert_within_stall(project.events, PATIENT)


def test_what_one_table_used_up_is_not_there_for_the_next(
    project: Project, reader: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PHASED_MAX_STALL", f"{PATIENT}ms")
    project.execute("CREATE TABLE zeta (id bigint)")
    reader.autocommit = True
    reading = threading.Thread(target=lambda: reader.execute("SELECT pg_sleep(0.3) FROM users"))

    def read(event: Event) -> None:
        if event.kind == "lock" and event.data["table"] == "users":
            reading.start()
            with project.connect(autocommit=True) as other:
                held = "relation = 'users'::regclass AND mode = 'AccessShareLock' AND pid = {}"
                condition = held.format(reader.info.backend_pid)
                wait_until(other, f"EXISTS (SELECT FROM pg_locks WHERE {condition})")

    project.watching.append(read)
    project.revision("""
    def expand():
        op.add_column("users", sa.Column("a", sa.Text))
        op.add_column("zeta", sa.Column("a", sa.Text))
    """)
    first, second = of(project.upgrade(), "lock")
    reading.join()
    for event in (first, second):
        assert event.data["waited_ms"] + event.data["timeout_ms"] == PATIENT
    assert second.data["waited_ms"] - first.data["waited_ms"] > 250


def test_locks_come_before_the_first_statement(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PHASED_MAX_STALL", f"{PATIENT}ms")
    project.execute("CREATE TABLE posts (id bigint, author bigint)")
    project.revision("""
    def expand():
        pass

    def contract():
        op.execute("COMMENT ON TABLE posts IS 'p'")
        op.create_foreign_key("f", "posts", "users", ["author"], ["id"], postgresql_not_valid=True)
    """)
    project.upgrade()
    events = [event for event in project.contract() if event.kind in {"lock", "statement"}]
    assert [event.kind for event in events] == ["lock", "lock", "statement", "statement"]
    assert [(e.data["table"], e.data["lock"]) for e in events[:2]] == [
        ("users", "SHARE ROW EXCLUSIVE"),
        ("posts", "SHARE ROW EXCLUSIVE"),
    ]


def test_a_partition_in_use_is_waited_for(
    project: Project, reader: psycopg.Connection[Any]
) -> None:
    project.execute(
        "CREATE TABLE events (id bigint) PARTITION BY RANGE (id)",
        "CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM (0) TO (10)",
        'CREATE TABLE "Events 2" PARTITION OF events FOR VALUES FROM (10) TO (20)',
    )
    hold(project, reader, 'SELECT * FROM "Events 2"')
    project.watching.append(lambda event: reader.commit() if event.kind == "waiting" else None)
    project.revision("def expand():\n    op.add_column('events', sa.Column('a', sa.Text))")
    events = project.upgrade()
    (waiting,) = of(events, "waiting")
    assert waiting.data["blockers"][0]["relation"] == '"Events 2"'
    tables = [event.data["table"] for event in attempts(events)[-1]]
    assert tables == ["events", '"Events 2"', "events_1"]
    assert not refusals(events)


def test_a_partition_that_comes_meanwhile_is_asked_for_with_a_timeout(
    project: Project, reader: psycopg.Connection[Any]
) -> None:
    project.execute("CREATE TABLE events (id bigint) PARTITION BY RANGE (id)")

    def come(event: Event) -> None:
        if event.kind == "step":
            project.execute("CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM (0) TO (10)")
            reader.execute("SELECT * FROM events_1")
        if event.kind == "attempt":
            reader.commit()

    project.watching.append(come)
    project.revision("def expand():\n    op.add_column('events', sa.Column('a', sa.Text))")
    assert of(project.upgrade(), "attempt")


def test_a_view_in_use_is_waited_for(project: Project, reader: psycopg.Connection[Any]) -> None:
    project.execute("CREATE VIEW names AS SELECT name FROM users")
    hold(project, reader, "SELECT * FROM names")
    project.watching.append(lambda event: reader.commit() if event.kind == "waiting" else None)
    project.revision("""
    def expand():
        op.execute("CREATE OR REPLACE VIEW names AS SELECT name, id FROM users")
    """)
    events = project.upgrade()
    assert of(events, "waiting")[0].data["blockers"][0]["relation"] == "names"
    assert not refusals(events)


@pytest.fixture
def nobody(project: Project) -> Iterator[Project]:
    """The same project, run by a role that owns the table and may not see other sessions."""
    name = f"role_{project.url.database}"
    project.execute(
        f"CREATE ROLE {name} LOGIN",
        f"GRANT ALL ON SCHEMA public TO {name}",
        f"ALTER TABLE users OWNER TO {name}",
    )
    yield Project(project.folder, project.url.set(username=name), watching=project.watching)
    project.execute(f"DROP OWNED BY {name}", f"DROP ROLE {name}")


def test_who_may_not_be_seen_is_waited_for_after_one_attempt(
    project: Project, nobody: Project, reader: psycopg.Connection[Any]
) -> None:
    """Nothing tells how old the transaction is; from the second look on it has an age."""
    hold(project, reader)
    nobody.watching.append(lambda event: reader.commit() if event.kind == "waiting" else None)
    project.revision(ADD)
    events = nobody.upgrade()
    attempt, waiting = of(events, "attempt")[0], of(events, "waiting")[0]
    assert events.index(attempt) < events.index(waiting)
    assert f"pid {reader.info.backend_pid}" in waiting.text
    assert waiting.data["blockers"][0]["age"] is None
    assert_within_stall(events)


def test_no_transaction_is_open_while_it_waits(
    project: Project, reader: psycopg.Connection[Any]
) -> None:
    hold(project, reader)
    open_ones: list[int] = []

    def look(event: Event) -> None:
        if event.kind == "waiting":
            open_ones.append(
                project.value(
                    "SELECT count(*) FROM pg_stat_activity WHERE xact_start IS NOT NULL"
                    f" AND datname = current_database() AND pid NOT IN (pg_backend_pid(),"
                    f" {reader.info.backend_pid})"
                )
            )
            reader.commit()

    project.watching.append(look)
    project.revision(ADD)
    project.upgrade()
    assert open_ones == [0]


def test_nothing_is_left_behind(
    project: Project, reader: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PHASED_LOCK_BUDGET", "1ms")
    project.execute("CREATE TABLE posts (id bigint)")
    reader.execute("LOCK TABLE users IN ROW EXCLUSIVE MODE")
    project.revision("""
    def expand():
        op.create_table("fresh", sa.Column("id", sa.BigInteger))
        op.add_column("posts", sa.Column("a", sa.Text))
        op.add_column("users", sa.Column("a", sa.Text))
    """)
    monkeypatch.setenv("PHASED_MAX_STALL", "30ms")
    with pytest.raises(LockBudgetSpent):
        project.upgrade()
    assert project.value("SELECT to_regclass('fresh')") is None
    columns = "SELECT count(*) FROM pg_attribute WHERE attname = 'a' AND attnum > 0"
    assert project.value(columns) == 0
    assert project.value("SELECT count(*) FROM alembic_version") == 0
    assert statements(project.events) == []
