from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from running import Project, of, statements, wait_until

from phased.errors.revisions import BrokenRevision
from phased.errors.running import HeldTooLong, RevisionEdited, StepFailed
from phased.model import Phase, StepState

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import URL

    from phased.model import Event

TWO_STEPS = """
def expand():
    op.add_column("users", sa.Column("a", sa.Text))
    # phased: allow unbatched_data_change because it is a test
    op.execute("UPDATE users SET a = 'x' WHERE a IS NULL")
    op.add_column("users", sa.Column("b", sa.Text))
    op.execute({last!r})
"""


@pytest.fixture
def project(tmp_path: Path, emptied: URL) -> Project:
    project = Project(tmp_path, emptied)
    project.execute(
        "CREATE TABLE users (id bigint PRIMARY KEY, name text)",
        "INSERT INTO users VALUES (1, 'ada')",
    )
    return project


def columns(project: Project, table: str = "users") -> list[str]:
    return [
        name
        for (name,) in project.execute(
            f"SELECT attname FROM pg_attribute WHERE attrelid = '{table}'::regclass"
            " AND attnum > 0 AND NOT attisdropped ORDER BY attnum"
        )
    ]


def test_metadata_is_all_or_nothing_version_row_and_all(project: Project) -> None:
    project.revision("""
    def expand():
        op.add_column("users", sa.Column("a", sa.Text))
        op.add_column("users", sa.Column("b", sa.Text))
    """)
    seen: list[list[int]] = []

    def look(event: Event) -> None:
        if event.kind == "done":
            tables = "alembic_version", "phased_step"
            seen.append([project.value(f"SELECT count(*) FROM {table}") for table in tables])
            assert columns(project) == ["id", "name"]

    project.watching.append(look)
    project.upgrade()
    assert seen == [[0, 0]]
    assert columns(project) == ["id", "name", "a", "b"]
    assert project.value("SELECT version_num FROM alembic_version") == "b2"


def test_a_failure_keeps_the_steps_before_it_and_nothing_of_its_own(project: Project) -> None:
    project.revision(TWO_STEPS.format(last="COMMENT ON COLUMN users.nowhere IS 'x'"))
    with pytest.raises(StepFailed) as caught:
        project.upgrade()
    assert columns(project) == ["id", "name", "a"]
    assert project.execute("SELECT position, state, error FROM phased_step ORDER BY position") == [
        (0, "done", None),
        (1, "done", None),
        (2, "failed", '42703 column "nowhere" of relation "users" does not exist'),
    ]
    message = str(caught.value)
    assert "revision b2: expand step 3 failed" in message
    assert "    COMMENT ON COLUMN users.nowhere IS 'x'" in message
    assert message.endswith("    alembic upgrade head")
    status = project.status()["b2"].phases[Phase.EXPAND]
    assert (status.state, status.steps_done, status.steps_total) == (StepState.FAILED, 2, 3)


def test_a_failed_step_may_be_mended(project: Project) -> None:
    project.revision(TWO_STEPS.format(last="COMMENT ON COLUMN users.nowhere IS 'x'"))
    with pytest.raises(StepFailed):
        project.upgrade()
    project.revision(TWO_STEPS.format(last="COMMENT ON COLUMN users.name IS 'x'"))
    events = project.upgrade()
    assert statements(events) == [
        "ALTER TABLE users ADD COLUMN b TEXT",
        "COMMENT ON COLUMN users.name IS 'x'",
    ]
    assert project.status()["b2"].phases[Phase.EXPAND].detail == ""


def test_a_step_that_has_run_may_not_be_edited(project: Project) -> None:
    project.revision(TWO_STEPS.format(last="COMMENT ON COLUMN users.nowhere IS 'x'"))
    with pytest.raises(StepFailed):
        project.upgrade()
    project.revision("""
    def expand():
        op.add_column("users", sa.Column("other", sa.Text))
    """)
    with pytest.raises(RevisionEdited, match=r"step 1 of expand\(\) is done"):
        project.upgrade()
    project.revision("def expand():\n    pass")
    with pytest.raises(RevisionEdited):
        project.upgrade()
    assert columns(project) == ["id", "name", "a"]


LEAKS = """
def expand():
    op.execute("SET search_path TO billing")
    op.execute("SET ROLE {role}")
    op.execute("SET LOCAL TimeZone TO 'Asia/Tokyo'")
    op.execute("SET DateStyle TO 'German'")
    op.execute("CREATE TABLE inner_one (id int)")
    op.execute("ALTER TYPE public.kind ADD VALUE 'b'")
    op.execute("CREATE TABLE outer_one (shown text DEFAULT now()::date::text)")
"""


def test_settings_do_not_leak_from_one_step_to_the_next(project: Project) -> None:
    role = f"role_{project.url.database}"
    project.execute(
        "CREATE SCHEMA billing",
        "CREATE TYPE kind AS ENUM ('a')",
        f"CREATE ROLE {role}",
        f"GRANT ALL ON SCHEMA billing TO {role}",
        "CREATE TABLE billing.phased_step (trap int)",
    )
    project.revision(LEAKS.format(role=role))
    project.upgrade()
    owner = (
        "SELECT relowner::regrole::text, relnamespace::regnamespace::text FROM pg_class"
        " WHERE relname = '{}'"
    )
    assert project.execute(owner.format("inner_one")) == [(role, "billing")]
    me = project.value("SELECT quote_ident(current_user)")
    assert project.execute(owner.format("outer_one")) == [(me, "public")]
    assert project.value("SELECT count(*) FROM public.phased_step WHERE state = 'done'") == 3
    project.execute("INSERT INTO outer_one DEFAULT VALUES")
    project.execute(f"DROP OWNED BY {role}", f"DROP ROLE {role}")


def test_settings_do_not_leak_into_the_version_row(project: Project) -> None:
    """The last step shares Alembic's transaction, which writes `alembic_version` after it."""
    project.execute("CREATE SCHEMA billing", "CREATE TABLE billing.alembic_version (trap int)")
    project.revision("""
    def expand():
        op.execute("SET LOCAL search_path TO billing")
        op.execute("CREATE TABLE inner_one (id int)")
    """)
    project.upgrade()
    assert project.value("SELECT version_num FROM public.alembic_version") == "b2"
    assert project.value("SELECT to_regclass('billing.inner_one')") == "billing.inner_one"


def test_timeouts_of_the_role_do_not_strike_a_long_validation(project: Project) -> None:
    name = project.url.database
    project.execute(
        "CREATE FUNCTION slow(text) RETURNS boolean LANGUAGE sql VOLATILE"
        " AS $$ SELECT pg_sleep(2) IS NOT NULL $$",
        f"ALTER DATABASE {name} SET statement_timeout = '1500ms'",
        f"ALTER DATABASE {name} SET idle_in_transaction_session_timeout = '1500ms'",
    )
    project.revision("""
    def expand():
        pass

    def contract():
        op.create_check_constraint("c", "users", "slow(name)", postgresql_not_valid=True)
        op.validate_constraint("c", "users")
    """)
    project.upgrade()
    project.contract()
    assert project.value("SELECT convalidated FROM pg_constraint WHERE conname = 'c'")


def test_what_holds_a_table_for_too_long_is_cancelled(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing in the SQL tells that this takes long: the event trigger does."""
    monkeypatch.setenv("PHASED_MAX_STALL", "40ms")
    project.execute(
        "CREATE FUNCTION slow() RETURNS event_trigger LANGUAGE plpgsql"
        " AS $$ BEGIN PERFORM pg_sleep(60); END $$",
        "CREATE EVENT TRIGGER slow ON ddl_command_end WHEN TAG IN ('ALTER TABLE')"
        " EXECUTE FUNCTION slow()",
    )
    project.revision("def expand():\n    op.add_column('users', sa.Column('a', sa.Text))")
    with pytest.raises(HeldTooLong) as caught:
        project.upgrade()
    assert "held ACCESS EXCLUSIVE on users for more than 200 ms" in str(caught.value)
    assert columns(project) == ["id", "name"]
    assert project.status()["b2"].phases[Phase.EXPAND].state == StepState.FAILED


def test_a_scan_that_was_allowed_by_name_has_no_fuse(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PHASED_MAX_STALL", "50ms")
    project.execute(
        "CREATE FUNCTION slow(text) RETURNS boolean LANGUAGE sql VOLATILE"
        " AS $$ SELECT pg_sleep(0.3) IS NOT NULL $$"
    )
    project.revision("""
    def expand():
        pass

    def contract():
        # phased: allow scan_under_blocking_lock because it is a test
        op.create_check_constraint("c", "users", "slow(name)")
    """)
    project.upgrade()
    project.contract()
    assert project.value("SELECT convalidated FROM pg_constraint WHERE conname = 'c'")


ADD = "op.add_column('users', sa.Column('a', sa.Text))"


@pytest.mark.parametrize(
    "body",
    [
        f"def expand():\n    {ADD}",
        f"def expand():\n    {ADD}\n\ndef backfill():\n    op.backfill('users', {{'a': 'name'}})",
        f"def expand():\n    pass\n\ndef contract():\n    {ADD}",
    ],
    ids=["with the version row", "before it", "contract"],
)
@pytest.mark.parametrize("both", [False, True], ids=["ours", "both of ours"])
def test_a_session_that_is_ended_is_told(project: Project, body: str, *, both: bool) -> None:
    """What is told is what went wrong, not what could not be done about it then."""
    which = "" if both else " AND state = 'idle in transaction'"

    def end(event: Event) -> None:
        if event.kind == "statement":
            rest = "FROM pg_stat_activity WHERE datname = current_database()"
            rest += " AND pid <> pg_backend_pid() AND backend_type = 'client backend'" + which
            with project.connect(autocommit=True) as other:
                other.execute(f"SELECT pg_terminate_backend(pid) {rest}".encode())
                wait_until(other, f"NOT EXISTS (SELECT {rest})")

    project.watching.append(end)
    project.revision(body)
    with pytest.raises(StepFailed, match="terminating connection"):
        upgrade_and_contract(project)
    project.watching.clear()
    if not both:
        assert project.execute("SELECT state FROM phased_step") == [("failed",)]
    upgrade_and_contract(project)
    assert columns(project) == ["id", "name", "a"]


def upgrade_and_contract(project: Project) -> None:
    project.upgrade()
    project.contract()


def test_an_enum_value_is_usable_in_the_next_step(project: Project) -> None:
    project.execute("CREATE TYPE kind AS ENUM ('a')")
    project.revision("""
    def expand():
        op.add_column("users", sa.Column("a", sa.Text))
        op.add_enum_value("kind", "b")
        op.execute("ALTER TABLE users ADD COLUMN kind kind DEFAULT 'b'")
    """)
    project.upgrade()
    assert project.value("SELECT kind::text FROM users") == "b"


def test_on_an_empty_database_all_phases_run_at_once(tmp_path: Path, emptied: URL) -> None:
    project = Project(tmp_path, emptied)
    project.revision("""
    def expand():
        op.create_table("users", sa.Column("id", sa.BigInteger, primary_key=True))
        op.create_table("posts", sa.Column("id", sa.BigInteger, primary_key=True))

    def contract():
        op.drop_table("posts")
    """)
    events = project.upgrade()
    assert [event.phase for event in of(events, "done")] == [Phase.EXPAND, Phase.CONTRACT]
    assert project.value("SELECT to_regclass('posts')") is None
    assert project.status()["b2"].phases[Phase.CONTRACT].state == StepState.DONE


def test_several_revisions_in_one_run(project: Project) -> None:
    project.revision("def expand():\n    op.create_table('t', sa.Column('a', sa.Text))", "a1")
    project.revision("def expand():\n    op.add_column('t', sa.Column('b', sa.Text))", "b2", "a1")
    project.revision(
        "def expand():\n    op.create_index('i', 't', ['b'], postgresql_concurrently=True)",
        "c3",
        "b2",
    )
    project.upgrade()
    assert columns(project, "t") == ["a", "b"]
    assert project.value("SELECT indisvalid FROM pg_index WHERE indexrelid = 'i'::regclass")
    assert project.value("SELECT version_num FROM alembic_version") == "c3"
    assert project.value("SELECT count(*) FROM phased_step WHERE state = 'done'") == 3


def test_a_call_outside_of_a_function_is_told(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr("alembic.op._proxy", raising=False)  # an upgrade that failed leaves it
    project.revision("op.execute('SELECT 1')\n\ndef expand():\n    pass")
    with pytest.raises(BrokenRevision, match=r"b2\.py cannot be imported: line 8: NameError"):
        project.upgrade()
