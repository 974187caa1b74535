"""Whoever holds a lock is waited for with nothing held and no request in the queue."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from running import of, statements, wait_until_old

from phased.errors.running import (
    OldStyleFailed,
    OldStyleHeldTooLong,
    OldStyleNotLocked,
    OldStyleStuck,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import psycopg
    from running import Project

    from phased.model import Event

STALL = 300  # milliseconds
TABLES = """
CREATE TABLE users (id bigint PRIMARY KEY, name text);
CREATE TABLE posts (id bigint PRIMARY KEY, title text);
INSERT INTO users VALUES (1, 'a');
INSERT INTO posts VALUES (1, 'a');
"""
OURS = """
SELECT count(*) FROM pg_locks l JOIN pg_class c ON c.oid = l.relation
WHERE l.pid <> %s AND l.pid <> pg_backend_pid() AND c.relname IN ('users', 'posts')
"""
ADD_TO_USERS = 'op.add_column("users", sa.Column("age", sa.Integer))'
ADD_TO_POSTS = 'op.add_column("posts", sa.Column("age", sa.Integer))'
NAMES = "SELECT string_agg(attname, ' ' ORDER BY attrelid::regclass::text, attnum)"
NAMES += (
    " FROM pg_attribute WHERE attrelid IN ('users'::regclass, 'posts'::regclass) AND attnum > 0"
)
BOTH = "id title age id name age"
NEITHER = "id title id name"


@pytest.fixture(autouse=True)
def tables(project: Project) -> None:
    project.execute(TABLES)


@pytest.fixture
def other(project: Project) -> Iterator[psycopg.Connection[Any]]:
    """A session of the release that is running."""
    with project.connect(application_name="report") as connection:
        yield connection


def write(project: Project, body: str) -> None:
    lines = "\n    ".join(body.strip().splitlines())
    project.revision(
        f"def upgrade():\n    conn = op.get_bind().execution_options()\n    {lines}\n"
        f"def downgrade():\n    {lines}\n"
    )


def hold(project: Project, other: psycopg.Connection[Any], table: str) -> None:
    """Read a table, and wait until that transaction is no longer young."""
    other.execute(f"SELECT * FROM {table}".encode())
    with project.connect(autocommit=True) as watch:
        wait_until_old(watch, other.info.backend_pid, STALL)


def on(project: Project, kind: str, act: Callable[[], object]) -> None:
    """Do something when an event of a kind comes for the first time."""

    def watcher(event: Event) -> None:
        if event.kind == kind:
            project.watching.remove(watcher)
            act()

    project.watching.append(watcher)


def held_by_us(project: Project, other: psycopg.Connection[Any]) -> int:
    """How many locks on the tables anybody but that session has or asks for."""
    with project.connect(autocommit=True) as watch:
        ((count,),) = watch.execute(OURS, (other.info.backend_pid,)).fetchall()
    return int(count)


def assert_short(events: list[Event]) -> None:
    """Every lock was asked for with a timeout that others can bear."""
    timeouts = [event.data["timeout_ms"] for event in of(events, "lock")]
    assert timeouts
    assert all(0 < int(str(one)) <= STALL for one in timeouts)


def test_before_the_first_statement(project: Project, other: psycopg.Connection[Any]) -> None:
    write(project, f"{ADD_TO_USERS}\n{ADD_TO_POSTS}")
    hold(project, other, "users")
    seen: list[int] = []

    def release() -> None:
        seen.append(held_by_us(project, other))
        other.rollback()

    on(project, "waiting", release)
    events = project.upgrade()
    assert seen == [0]
    assert project.value(NAMES) == BOTH
    assert [event.kind for event in events if event.kind in {"waiting", "lock", "attempt"}] == [
        "waiting",
        "lock",
        "lock",
    ]
    assert_short(events)


def test_in_the_middle_all_of_it_is_rolled_back_first(
    project: Project, other: psycopg.Connection[Any]
) -> None:
    write(
        project,
        f"{ADD_TO_USERS}\nop.execute(\"INSERT INTO users VALUES (2, 'b')\")\n{ADD_TO_POSTS}",
    )
    hold(project, other, "posts")
    seen: list[int] = []

    def release() -> None:
        seen.append(held_by_us(project, other))
        other.rollback()

    on(project, "waiting", release)
    events = project.upgrade()
    assert seen == [0]
    assert project.value(NAMES) == BOTH
    assert project.value("SELECT count(*) FROM users") == 2
    (attempt,) = of(events, "attempt")
    assert attempt.text.startswith("no lock (attempt 1), stepping back; in the way: pid ")
    assert [event.data["table"] for event in of(events, "lock")] == ["users", "users", "posts"]
    assert_short(events)


@pytest.mark.parametrize("late", ["users", "posts"])
def test_a_lock_that_comes_between_look_and_request(
    project: Project, other: psycopg.Connection[Any], late: str
) -> None:
    write(project, f"{ADD_TO_USERS}\n{ADD_TO_POSTS}")

    def take(event: Event) -> None:
        if (
            event.kind == "lock"
            and event.data["table"] == late
            and not other.info.transaction_status
        ):
            project.watching.remove(take)
            other.execute(f"SELECT * FROM {late}".encode())

    project.watching.append(take)
    on(project, "attempt", other.rollback)
    events = project.upgrade()
    assert len(of(events, "attempt")) == 1
    assert of(events, "attempt")[0].data["sqlstate"] == "55P03"
    assert project.value(NAMES) == BOTH
    assert_short(events)


def test_a_lock_that_is_never_let_go(
    project: Project, other: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PHASED_LOCK_BUDGET", "300ms")
    hold(project, other, "posts")
    for body, line in ((ADD_TO_POSTS, 10), (f"{ADD_TO_USERS}\n{ADD_TO_POSTS}", 11)):
        write(project, body)
        with pytest.raises(OldStyleNotLocked) as raised:
            project.upgrade()
        message = str(raised.value)
        assert message.startswith(
            f"versions/b2.py:{line}: upgrade() of revision b2 did not get its locks within 300 ms. "
            f"In the way, as of the last look:\n\n    pid {other.info.backend_pid} "
        )
        assert "All of this revision has been rolled back. Wait until they are done" in message
        assert message.endswith("run the same command again:\n\n    alembic upgrade head")
        assert project.value(NAMES) == NEITHER
        assert project.value("SELECT count(*) FROM alembic_version") == 0
        assert project.value("SELECT to_regclass('phased_rollout')") is None


def test_the_first_statement_after_a_block_is_tried_by_itself(
    project: Project, other: psycopg.Connection[Any]
) -> None:
    write(
        project,
        f"""
{ADD_TO_USERS}
with op.get_context().autocommit_block():
    op.create_index("ix_name", "users", ["name"], postgresql_concurrently=True)
{ADD_TO_POSTS}
""",
    )
    hold(project, other, "posts")
    on(project, "waiting", other.rollback)
    events = project.upgrade()
    assert project.value(NAMES) == BOTH
    assert [event.data["table"] for event in of(events, "lock")] == ["users", "posts"]
    assert len(statements(events)) == 3


def test_in_a_block_every_statement_is_tried_by_itself(
    project: Project, other: psycopg.Connection[Any]
) -> None:
    write(
        project,
        f"""
with op.get_context().autocommit_block():
    {ADD_TO_USERS}
    {ADD_TO_POSTS}
""",
    )
    hold(project, other, "posts")
    on(project, "waiting", lambda: (other.rollback(), other.execute("SELECT * FROM posts")))
    on(project, "attempt", other.rollback)
    events = project.upgrade()
    assert [event.data["sqlstate"] for event in of(events, "attempt")] == ["55P03"]
    assert project.value(NAMES) == BOTH
    assert len(statements(events)) == 2


def test_what_has_committed_cannot_begin_again(
    project: Project, other: psycopg.Connection[Any]
) -> None:
    write(
        project,
        f"""
with op.get_context().autocommit_block():
    op.create_index("ix_name", "users", ["name"], postgresql_concurrently=True)
{ADD_TO_USERS}
{ADD_TO_POSTS}
""",
    )
    hold(project, other, "posts")
    with pytest.raises(OldStyleStuck) as raised:
        project.upgrade()
    message = str(raised.value)
    assert message.startswith(
        "versions/b2.py:13: upgrade() of revision b2 did not get its locks (it is held by pid "
    )
    assert "ALTER TABLE posts ADD COLUMN age INTEGER" in message
    assert "What upgrade() did up to line 11 of the file has been committed and stays" in message
    assert project.value(NAMES) == NEITHER
    assert project.value("SELECT to_regclass('ix_name')::text") == "ix_name"


def test_swallowing_it_skips_nothing(project: Project, other: psycopg.Connection[Any]) -> None:
    write(
        project,
        f"""
{ADD_TO_USERS}
try:
    with conn.begin_nested():
        {ADD_TO_POSTS}
except sa.exc.DBAPIError:
    pass
""",
    )
    hold(project, other, "posts")
    on(project, "attempt", other.rollback)
    project.upgrade()
    assert project.value(NAMES) == BOTH


def test_a_row_that_is_locked(project: Project, other: psycopg.Connection[Any]) -> None:
    write(
        project,
        """
op.execute("INSERT INTO posts VALUES (2, 'b')")
# phased: allow unbatched_data_change because it is one row
op.execute("UPDATE users SET name = 'x' WHERE id = 1")
""",
    )
    other.execute("UPDATE users SET name = 'y' WHERE id = 1")
    on(project, "attempt", other.commit)
    events = project.upgrade()
    assert len(of(events, "attempt")) == 1
    assert project.execute("SELECT name FROM users") == [("x",)]
    assert project.value("SELECT count(*) FROM posts") == 2


def test_downgrade_waits_like_upgrade(project: Project, other: psycopg.Connection[Any]) -> None:
    write(project, 'op.execute("ALTER TABLE posts ALTER title SET STORAGE PLAIN")')
    project.upgrade()
    hold(project, other, "posts")
    on(project, "waiting", other.rollback)
    events = project.downgrade("base")
    assert len(of(events, "waiting")) == 1
    assert_short(events)
    assert project.value("SELECT count(*) FROM phased_rollout") == 0


def test_downgrade_is_not_judged(project: Project) -> None:
    project.revision("def upgrade():\n    pass\ndef downgrade():\n    op.drop_table('posts')")
    project.upgrade()
    project.downgrade("base")
    assert project.value("SELECT to_regclass('posts')") is None
    project.revision("def upgrade():\n    pass\ndef downgrade():\n    op.execute('SELECT 1 / 0')")
    project.upgrade()
    with pytest.raises(OldStyleFailed, match=r"b2.py:11: downgrade\(\) of revision b2 failed"):
        project.downgrade("base")
    assert project.value("SELECT version_num FROM alembic_version") == "b2"


def test_what_is_not_judged_has_the_same_locks(
    project: Project, other: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PHASED_START_AFTER", "b2")
    write(project, 'op.drop_table("posts")')
    hold(project, other, "posts")
    on(project, "waiting", other.rollback)
    events = project.upgrade()
    assert len(of(events, "waiting")) == 1
    assert_short(events)


def test_a_lock_is_not_kept_for_long(project: Project) -> None:
    write(project, f'{ADD_TO_USERS}\nop.execute("INSERT INTO posts SELECT 2, pg_sleep(2)::text")')
    project.upgrade()  # a statement that blocks nobody may take its time
    project.execute(
        "CREATE FUNCTION slow() RETURNS event_trigger LANGUAGE plpgsql AS"
        " 'BEGIN PERFORM pg_sleep(60); END'",
        "CREATE EVENT TRIGGER slow ON ddl_command_end WHEN TAG IN ('ALTER TABLE')"
        " EXECUTE FUNCTION slow()",
    )
    project.revision(f"def upgrade():\n    {ADD_TO_POSTS}", "c3", "b2")
    with pytest.raises(OldStyleHeldTooLong) as raised:
        project.upgrade()
    assert str(raised.value).startswith(
        "versions/c3.py:9: upgrade() of revision c3 held ACCESS EXCLUSIVE on posts for more than "
        "1.5 s, and was cancelled"
    )
    assert "All of this revision has been rolled back." in str(raised.value)
