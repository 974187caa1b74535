from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from running import Project, of, statements, wait_until

from phased.errors.running import NameTaken, StepFailed

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import URL

    from phased.model import Event

INDEX = """
def expand():
    op.create_index("ix_users_name", "users", ["name"], postgresql_concurrently=True)
"""
BUILT = "CREATE INDEX CONCURRENTLY ix_users_name ON users (name)"
BUILDS_FOR_LONG = (
    "EXISTS (SELECT FROM pg_stat_activity WHERE query LIKE 'CREATE INDEX%'"
    " AND datname = current_database() AND clock_timestamp() - query_start > interval '1600 ms')"
)
UNIQUE = """
def expand():
    pass

def contract():
    op.create_index("uq", "users", ["name"], unique=True, postgresql_concurrently=True)
"""


class Killed(BaseException):
    """Stands for SIGKILL: nothing catches it, and the connections are closed."""


@pytest.fixture
def project(tmp_path: Path, emptied: URL) -> Project:
    project = Project(tmp_path, emptied)
    project.execute(
        "CREATE TABLE users (id bigint PRIMARY KEY, name text)",
        "INSERT INTO users VALUES (1, 'ada'), (2, 'ada'), (3, 'bob')",
    )
    return project


def kill_at(project: Project, kind: str, text: str = "") -> None:
    """Run until an event, and no further."""

    def kill(event: Event) -> None:
        if event.kind == kind and text in event.text:
            raise Killed

    project.watching.append(kill)
    with pytest.raises(Killed):
        project.upgrade()
    project.watching.remove(kill)


def indexes(project: Project) -> dict[str, bool]:
    return dict(
        project.execute(
            "SELECT indexrelid::regclass::text, indisvalid FROM pg_index"
            " WHERE indrelid = 'users'::regclass"
        )
    )


def spoil(project: Project, index: str = "ix_users_name") -> None:
    """An index as an interrupted build leaves it."""
    project.execute(
        f"UPDATE pg_index SET indisvalid = false WHERE indexrelid = '{index}'::regclass"
    )


def test_an_index_is_built(project: Project) -> None:
    project.revision(INDEX)
    assert statements(project.upgrade()) == [BUILT]
    assert indexes(project) == {"users_pkey": True, "ix_users_name": True}


def test_our_invalid_leftover_is_dropped_and_built_again(project: Project) -> None:
    project.revision(INDEX)
    kill_at(project, "statement")
    project.execute(BUILT)
    spoil(project)
    project.watching.append(only_concurrent_locks(project))
    events = project.upgrade()
    (notice,) = of(events, "notice")
    assert notice.text == "dropping ix_users_name: an attempt left it INVALID"
    assert statements(events) == [BUILT]
    assert indexes(project) == {"users_pkey": True, "ix_users_name": True}


def only_concurrent_locks(project: Project) -> Any:
    """Writers must not wait for the clearing away."""

    def check(event: Event) -> None:
        if event.kind == "notice":
            project.execute("UPDATE users SET name = name")

    return check


def test_what_a_killed_run_had_finished_is_accepted(project: Project) -> None:
    project.revision(INDEX)
    kill_at(project, "statement")
    project.execute(BUILT)
    (before,) = project.execute("SELECT 'ix_users_name'::regclass::oid")
    assert statements(project.upgrade()) == []
    assert project.execute("SELECT 'ix_users_name'::regclass::oid") == [before]
    assert project.status()["b2"].phases[0].state == "done"


@pytest.mark.parametrize(
    "other",
    [
        "CREATE INDEX ix_users_name ON users (id)",
        "CREATE INDEX ix_users_name ON users (name DESC)",
        "CREATE UNIQUE INDEX ix_users_name ON users (name, id)",
        "CREATE INDEX ix_users_name ON users (name) WHERE id > 0",
        "CREATE INDEX ix_users_name ON users (lower(name))",
        "CREATE INDEX ix_users_name ON users USING hash (name)",
        'CREATE INDEX ix_users_name ON users (name COLLATE "C")',
        "CREATE INDEX ix_users_name ON users (name text_pattern_ops)",
        "CREATE INDEX ix_users_name ON users (name) INCLUDE (id)",
        "CREATE INDEX ix_users_name ON users (name) WITH (fillfactor = 50)",
    ],
)
def test_another_index_of_that_name_is_not_taken_for_ours(project: Project, other: str) -> None:
    project.revision(INDEX)
    kill_at(project, "statement")
    project.execute(other)
    with pytest.raises(NameTaken, match="an index of that name is another one"):
        project.upgrade()
    assert indexes(project)["ix_users_name"]


def test_the_definition_is_compared_with_quoted_names_in_another_schema(project: Project) -> None:
    create = (
        'CREATE UNIQUE INDEX CONCURRENTLY "Ix ON one" ON "My schema"."Order USING" '
        'USING btree ("userId" DESC, lower(note)) INCLUDE (id) '
        "WITH (fillfactor='70') WHERE note <> 'x USING y'"
    )
    project.execute(
        'CREATE SCHEMA "My schema"',
        'CREATE TABLE "My schema"."Order USING" (gone int, id int, "userId" int, note text)',
        'ALTER TABLE "My schema"."Order USING" DROP COLUMN gone',
    )
    project.revision(
        f"def expand():\n    op.execute({create!r})"
        "  # phased: allow restricts_before_contract because it is a test\n"
    )
    kill_at(project, "statement")
    project.execute(create)
    assert statements(project.upgrade()) == []


@pytest.mark.parametrize("valid", [True, False])
def test_an_index_that_was_there_is_left_alone(project: Project, *, valid: bool) -> None:
    """Also at the second attempt: that the first one failed does not make it ours."""
    project.revision(INDEX)
    project.execute("CREATE INDEX ix_users_name ON users (name)")
    if not valid:
        spoil(project)
    for _ in range(2):
        with pytest.raises(NameTaken, match="index of that name is there already") as caught:
            project.upgrade()
    assert indexes(project)["ix_users_name"] is valid
    message = str(caught.value)
    assert "CREATE INDEX ix_users_name ON public.users USING btree (name)" in message
    assert "    DROP INDEX CONCURRENTLY ix_users_name;" in message
    assert message.endswith("    alembic upgrade head")
    assert project.status()["b2"].phases[0].state == "failed"
    project.execute("DROP INDEX CONCURRENTLY ix_users_name")
    project.upgrade()
    assert indexes(project)["ix_users_name"]


def test_abort_leaves_an_index_alone_that_was_there(project: Project) -> None:
    project.revision(INDEX)
    project.execute("CREATE INDEX ix_users_name ON users (name)")
    with pytest.raises(NameTaken):
        project.upgrade()
    project.abort()
    assert indexes(project)["ix_users_name"]


def test_abort_drops_what_a_killed_run_left(project: Project) -> None:
    project.revision(INDEX)
    kill_at(project, "statement")
    project.execute(BUILT)
    spoil(project)
    project.abort()
    assert indexes(project) == {"users_pkey": True}


def test_a_table_of_that_name(project: Project) -> None:
    project.revision(INDEX)
    project.execute("CREATE TABLE ix_users_name (id int)")
    with pytest.raises(NameTaken, match="the name is taken by a relation"):
        project.upgrade()


@pytest.mark.parametrize(
    ("there", "runs"),
    [
        ("CREATE INDEX ix_users_name ON users (name)", True),
        ("CREATE INDEX ix_users_name ON users (id)", False),
    ],
)
def test_if_not_exists_is_no_excuse(project: Project, there: str, *, runs: bool) -> None:
    project.revision("""
    def expand():
        op.create_index("ix_users_name", "users", ["name"], if_not_exists=True,
                        postgresql_concurrently=True)
    """)
    project.execute(there)
    if runs:
        assert statements(project.upgrade()) == []
    else:
        with pytest.raises(NameTaken, match="is another one"):
            project.upgrade()


def test_duplicates_are_shown_and_no_invalid_index_is_left(project: Project) -> None:
    project.revision(UNIQUE)
    project.upgrade()
    with pytest.raises(StepFailed) as caught:
        project.contract()
    message = str(caught.value)
    assert 'could not create unique index "uq"' in message
    assert "Key (name)=(ada) is duplicated." in message
    assert "CREATE UNIQUE INDEX CONCURRENTLY uq ON users (name)" in message
    assert indexes(project) == {"users_pkey": True}
    (error,) = project.execute("SELECT error FROM phased_step WHERE phase = 'contract'")
    assert error == ('23505 could not create unique index "uq"',)
    status = project.status()["b2"].phases[2]
    assert (status.state, status.steps_done) == ("failed", 0)
    project.execute("DELETE FROM users WHERE id = 2")
    project.contract()
    assert indexes(project)["uq"]


def test_old_snapshots_are_waited_for_and_named(project: Project) -> None:
    """With a lock_timeout it would fail, and leave an INVALID index."""
    project.execute("CREATE TABLE unrelated (id int)")
    with project.connect(application_name="report") as reader:
        reader.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
        reader.execute("SELECT * FROM unrelated")
        project.watching.append(lambda event: reader.commit() if event.kind == "progress" else None)
        project.revision(INDEX)
        pid, events = reader.info.backend_pid, project.upgrade()
    (waiting,) = of(events, "waiting")
    assert f"pid {pid} " in waiting.text
    assert "(report)" in waiting.text
    assert waiting.text.endswith("SELECT * FROM unrelated")
    progress = of(events, "progress")
    assert {event.data["index"] for event in progress} <= {"ix_users_name", "-"}
    assert any("waiting for" in str(event.data["phase"]) for event in progress)
    assert indexes(project)["ix_users_name"]


def test_timeouts_of_the_role_do_not_strike(project: Project) -> None:
    name = project.url.database
    project.execute(
        f"ALTER DATABASE {name} SET statement_timeout = '1500ms'",
        f"ALTER DATABASE {name} SET lock_timeout = '1500ms'",
    )
    with project.connect() as reader, project.connect(autocommit=True) as other:
        other.execute("SET statement_timeout = 0")
        reader.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
        reader.execute("SELECT * FROM users")

        def let_go(event: Event) -> None:
            if event.kind == "waiting":
                wait_until(other, BUILDS_FOR_LONG)
                reader.commit()

        project.watching.append(let_go)
        project.revision(INDEX)
        project.upgrade()
    assert indexes(project)["ix_users_name"]


DROP = """
def expand():
    pass

def contract():
    op.drop_index("ix_users_name", postgresql_concurrently=True)
"""


@pytest.mark.parametrize("left", ["invalid", "gone"])
def test_a_drop_that_was_killed_is_finished(project: Project, left: str) -> None:
    project.execute("CREATE INDEX ix_users_name ON users (name)")
    project.revision(DROP)
    project.upgrade()

    def kill(event: Event) -> None:
        if event.kind == "statement":
            raise Killed

    project.watching.append(kill)
    with pytest.raises(Killed):
        project.contract()
    project.watching.remove(kill)
    if left == "invalid":
        spoil(project)
    else:
        project.execute("DROP INDEX ix_users_name")
    project.contract()
    assert indexes(project) == {"users_pkey": True}
    assert project.status()["b2"].phases[2].state == "done"


def test_a_drop_of_what_was_never_there_fails(project: Project) -> None:
    project.revision(DROP)
    project.upgrade()
    for _ in range(2):
        with pytest.raises(StepFailed, match='index "ix_users_name" does not exist'):
            project.contract()
        project.execute("DELETE FROM phased_step")


def test_what_a_killed_reindex_leaves_is_dropped(project: Project) -> None:
    project.execute(
        "CREATE INDEX ix_users_name ON users (name)",
        "CREATE INDEX ix_users_name_ccnew ON users (name)",
        "CREATE INDEX ix_users_name_ccold1 ON users (name)",
        "CREATE TABLE posts (id int)",
        "CREATE INDEX other_ccnew ON posts (id)",
    )
    for index in ("ix_users_name_ccnew", "ix_users_name_ccold1", "other_ccnew"):
        spoil(project, index)
    project.revision("""
    def expand():
        op.execute("REINDEX INDEX CONCURRENTLY ix_users_name")
    """)
    kill_at(project, "statement")
    assert len(indexes(project)) == 4
    events = project.upgrade()
    assert len(of(events, "notice")) == 2
    assert indexes(project) == {"users_pkey": True, "ix_users_name": True}
    assert project.value("SELECT to_regclass('other_ccnew')") == "other_ccnew"


@pytest.mark.parametrize("left", ["attached", "pending", "detached"])
def test_a_detach_that_was_killed_is_finished(project: Project, left: str) -> None:
    project.execute(
        "CREATE TABLE events (id bigint) PARTITION BY RANGE (id)",
        "CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM (0) TO (10)",
    )
    project.revision("""
    def expand():
        pass

    def contract():
        op.execute("ALTER TABLE events DETACH PARTITION events_1 CONCURRENTLY")
    """)
    project.upgrade()

    def kill(event: Event) -> None:
        if event.kind == "statement":
            raise Killed

    project.watching.append(kill)
    with pytest.raises(Killed):
        project.contract()
    project.watching.remove(kill)
    if left == "pending":
        project.execute("UPDATE pg_inherits SET inhdetachpending = true")
    if left == "detached":
        project.execute("ALTER TABLE events DETACH PARTITION events_1")
    project.contract()
    assert project.value("SELECT count(*) FROM pg_inherits") == 0
    assert project.value("SELECT to_regclass('events_1')") == "events_1"
