"""On a database with rows each statement is judged before it is sent, and stops all of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from running import of, statements

from phased.errors.judgement import RulesBroken
from phased.errors.running import OldStyleFailed, OldStyleNameTaken

if TYPE_CHECKING:
    from running import Project

FIRST = """
def upgrade():
    op.create_table("users", sa.Column("id", sa.BigInteger, primary_key=True),
                    sa.Column("name", sa.Text))
    op.execute("INSERT INTO users SELECT n, 'n' || n FROM generate_series(1, 100) n")
    op.execute("CREATE TYPE mood AS ENUM ('calm')")

def downgrade():
    op.drop_table("users")
"""
EVERYTHING = """
SELECT (SELECT array_agg(r::text ORDER BY r::text) FROM phased_rollout r),
       (SELECT array_agg(v::text) FROM alembic_version v),
       (SELECT array_agg(u::text ORDER BY id) FROM users u),
       (SELECT array_agg(relname ORDER BY relname) FROM pg_class WHERE relnamespace = 2200)
"""


@pytest.fixture(autouse=True)
def applied(project: Project) -> None:
    project.revision(FIRST, "a1")
    project.upgrade()


def upgrade(project: Project, body: str) -> None:
    """Run a revision whose `upgrade()` asks for a connection first, so that it has no plan."""
    lines = "\n    ".join(body.strip().splitlines())
    project.revision(
        f"def upgrade():\n    conn = op.get_bind().execution_options()\n    {lines}\n", down="a1"
    )
    project.upgrade()


def state(project: Project) -> list[Any]:
    return project.execute(EVERYTHING)


def assert_refused(project: Project, rule: str, line: int, body: str) -> str:
    """The upgrade stops at the statement, and nothing has changed; its message."""
    before = state(project)
    with pytest.raises(RulesBroken) as raised:
        upgrade(project, body)
    assert [(one.rule, one.line) for one in raised.value.findings] == [(rule, line)]  # type: ignore[attr-defined] # a fact
    assert state(project) == before
    assert f"versions/b2.py:{line} ({rule})" in str(raised.value)
    return str(raised.value)


def test_what_went_before_is_rolled_back(project: Project) -> None:
    message = assert_refused(
        project,
        "scan_under_blocking_lock",
        11,
        """
op.add_column("users", sa.Column("age", sa.Integer))
op.create_check_constraint("ck_age", "users", "age > 0")
""",
    )
    assert message.startswith(
        "The rules refuse what this would run: 1 error. All of this revision has been rolled back."
    )


def test_swallowing_the_error_does_not_help(project: Project) -> None:
    assert_refused(
        project,
        "destroys_before_contract",
        12,
        """
try:
    with conn.begin_nested():
        op.drop_column("users", "name")
except Exception:
    pass
op.execute("CREATE TABLE other (id int)")
""",
    )


def test_the_connection_can_be_used_after_it(project: Project) -> None:
    assert_refused(project, "destroys_before_contract", 10, 'op.drop_column("users", "name")')
    upgrade(project, 'op.add_column("users", sa.Column("age", sa.Integer))')
    assert project.value("SELECT version_num FROM alembic_version") == "b2"


def test_rows_are_judged_with_the_line_that_sends_them(project: Project) -> None:
    assert_refused(
        project,
        "unbatched_data_change",
        12,
        """
names = conn.execute(sa.text("SELECT id, name FROM users")).fetchall()
for id, name in names:
    conn.execute(sa.text("UPDATE users SET name = :n WHERE id = :id"), {"n": name, "id": id})
""",
    )


def test_a_waiver_is_heard(project: Project) -> None:
    upgrade(
        project,
        """
for id in range(5):
    # phased: allow unbatched_data_change because there are five of them
    conn.execute(sa.text("UPDATE users SET name = 'x' WHERE id = :id"), {"id": id})
""",
    )
    assert project.value("SELECT count(*) FROM users WHERE name = 'x'") == 4


def test_looking_around_is_no_scan(project: Project) -> None:
    upgrade(
        project,
        """
op.add_column("users", sa.Column("age", sa.Integer))
assert sa.inspect(conn).has_table("users")
assert "age" in [column["name"] for column in sa.inspect(conn).get_columns("users")]
conn.execute(sa.text("SELECT 1 FROM pg_type WHERE typname = 'mood'"))
conn.execute(sa.text("SELECT 1 FROM information_schema.tables"))
""",
    )


def test_a_table_of_its_own_is_nobodys(project: Project) -> None:
    upgrade(
        project,
        """
op.create_table("tags", sa.Column("id", sa.Integer))
op.create_index("ix_tags_id", "tags", ["id"])
op.execute("UPDATE tags SET id = 1")
op.drop_table("tags")
""",
    )


def test_a_table_of_the_revision_before_is_judged(project: Project) -> None:
    project.revision(
        "def upgrade():\n    op.get_bind().execute(sa.text('CREATE TABLE t (id int)'))", "b1", "a1"
    )
    project.revision(
        "def upgrade():\n    op.get_bind().execute(sa.text('DROP TABLE t'))", "b2", "b1"
    )
    with pytest.raises(RulesBroken, match="destroys_before_contract"):
        project.upgrade()
    assert project.value("SELECT version_num FROM alembic_version") == "b1"


def test_start_after_judges_nothing_up_to_it(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PHASED_START_AFTER", "b2")
    upgrade(project, 'op.execute("COMMIT")\nop.drop_column("users", "name")')
    assert project.value("SELECT version_num FROM alembic_version") == "b2"
    project.revision(
        "def upgrade():\n    op.get_bind().scalar(sa.text('DROP TABLE users'))", "c3", "b2"
    )
    with pytest.raises(RulesBroken, match="destroys_before_contract"):
        project.upgrade()


def test_an_enum_value_is_not_used_at_once(project: Project) -> None:
    assert_refused(
        project,
        "enum_value_used_at_once",
        11,
        """
op.execute("ALTER TYPE mood ADD VALUE 'glad'")
op.execute("ALTER TABLE users ADD COLUMN mood mood DEFAULT 'glad'")
""",
    )
    upgrade(
        project,
        """
with op.get_context().autocommit_block():
    op.execute("ALTER TYPE mood ADD VALUE 'glad'")
op.execute("ALTER TABLE users ADD COLUMN mood mood DEFAULT 'glad'")
""",
    )


def test_locks_end_with_the_transaction(project: Project) -> None:
    upgrade(
        project,
        """
op.execute("ALTER TABLE users ALTER name SET STORAGE PLAIN")
with op.get_context().autocommit_block():
    op.create_index("ix_name", "users", ["name"], postgresql_concurrently=True)
conn.execute(sa.text("SELECT count(*) FROM users")).scalar()
op.add_column("users", sa.Column("age", sa.Integer))
with op.get_context().autocommit_block():
    pass
conn.execute(sa.text("SELECT count(*) FROM users")).scalar()
""",
    )


def test_what_an_autocommit_block_did_stays(project: Project) -> None:
    with pytest.raises(RulesBroken) as raised:
        upgrade(
            project,
            """
op.add_column("users", sa.Column("age", sa.Integer))
with op.get_context().autocommit_block():
    op.create_index("ix_age", "users", ["age"], postgresql_concurrently=True)
op.add_column("users", sa.Column("born", sa.Date))
op.drop_column("users", "name")
""",
        )
    assert (
        "What upgrade() did up to line 12 of the file has been committed and stays; the rest has "
        "been rolled back."
    ) in str(raised.value)
    assert project.value(
        "SELECT array_agg(attname ORDER BY attnum) FROM pg_attribute"
        " WHERE attrelid = 'users'::regclass AND attnum > 0"
    ) == ["id", "name", "age"]
    assert project.value("SELECT to_regclass('ix_age')::text") == "ix_age"
    assert project.value("SELECT version_num FROM alembic_version") == "a1"


def test_postgresql_refuses(project: Project) -> None:
    before = state(project)
    with pytest.raises(OldStyleFailed) as raised:
        upgrade(project, 'op.execute("CREATE TABLE t (id int)")\nop.execute("SELECT 1 / 0")')
    assert str(raised.value) == (
        "versions/b2.py:11: upgrade() of revision b2 failed: division by zero\n\n"
        "    SELECT 1 / 0\n\n"
        "All of this revision has been rolled back. Mend what the message says, then run the same "
        "command again:\n\n    alembic upgrade head"
    )
    assert state(project) == before


def test_python_raises(project: Project) -> None:
    before = state(project)
    with pytest.raises(ZeroDivisionError):
        upgrade(project, 'op.execute("CREATE TABLE t (id int)")\n1 / 0')
    assert state(project) == before


def test_an_error_that_the_file_expects_is_its_own(project: Project) -> None:
    upgrade(
        project,
        """
try:
    with conn.begin_nested():
        op.execute("CREATE TABLE users (id int)")
except sa.exc.ProgrammingError as error:
    assert "already exists" in str(error)
op.execute("CREATE TABLE other (id int)")
""",
    )
    assert project.value("SELECT to_regclass('other')::text") == "other"


def test_an_index_that_cannot_be_built_leaves_nothing(project: Project) -> None:
    body = """
with op.get_context().autocommit_block():
    op.execute("CREATE INDEX CONCURRENTLY half ON users ((1 / (id - 7)))")
"""
    with pytest.raises(OldStyleFailed, match=r"division by zero"):
        upgrade(project, body)
    assert project.value("SELECT to_regclass('half')") is None
    project.execute("CREATE INDEX half ON users (name)")
    with pytest.raises(OldStyleNameTaken, match="cannot build half on users"):
        upgrade(project, body)


LEAK = """
def upgrade():
    op.get_bind().exec_driver_sql("SELECT set_config('search_path', '', false)")
    op.get_bind().exec_driver_sql("SET lock_timeout = 0")
"""
NO_LEAK = """
def upgrade():
    path = op.get_bind().scalar(sa.text("SHOW search_path"))
    assert path == '"$user", public'
"""


def test_settings_do_not_leak(project: Project) -> None:
    project.revision(LEAK, "b1", "a1")
    project.revision(NO_LEAK, "b2", "b1")
    project.upgrade()


def test_every_statement_has_a_lock_timeout(project: Project) -> None:
    upgrade(
        project,
        """
def shown(name):
    return conn.scalar(sa.text(f"SHOW {name}"))
assert (shown("lock_timeout"), shown("statement_timeout")) == ("300ms", "0")
op.add_column("users", sa.Column("age", sa.Integer))
assert (shown("lock_timeout"), shown("statement_timeout")) == ("300ms", "0")
op.execute("SET lock_timeout = 0")
assert shown("lock_timeout") == "300ms"
with conn.begin_nested() as inner:
    op.execute("SET LOCAL lock_timeout = 0")
    inner.rollback()
assert shown("lock_timeout") == "300ms"
with op.get_context().autocommit_block():
    assert shown("lock_timeout") == "300ms"
    op.create_index("ix", "users", ["name"], postgresql_concurrently=True)
assert shown("lock_timeout") == "300ms"
""",
    )


def test_statements_are_told(project: Project) -> None:
    project.revision(
        "def upgrade():\n    op.get_bind().execute(sa.text('CREATE TABLE t (id int)'))", "b2", "a1"
    )
    assert statements(project.upgrade()) == ["CREATE TABLE t (id int)"]


def test_an_error_that_was_swallowed_without_a_savepoint(project: Project) -> None:
    before = state(project)
    with pytest.raises(OldStyleFailed, match="current transaction is aborted"):
        upgrade(
            project,
            """
try:
    op.execute("SELECT 1 / 0")
except sa.exc.DBAPIError:
    pass
""",
        )
    assert state(project) == before


def test_the_connection_is_lost(project: Project) -> None:
    before = state(project)
    with pytest.raises(OldStyleFailed, match="terminating connection") as raised:
        upgrade(
            project,
            """
op.execute("CREATE TABLE t (id int)")
conn.scalar(sa.text("SELECT pg_terminate_backend(pg_backend_pid())"))
""",
        )
    assert "All of this revision has been rolled back." in str(raised.value)
    assert state(project) == before


def test_its_end_is_told(project: Project) -> None:
    events = project.upgrade()
    assert not events
    project.revision("def upgrade():\n    pass\ndef downgrade():\n    pass", "b2", "a1")
    for run, name in (
        (project.upgrade, "upgrade()"),
        (lambda: project.downgrade("a1"), "downgrade()"),
    ):
        (done,) = of(run(), "done")
        assert (done.text, done.revision, done.phase) == (name, "b2", None)
        assert done.data["attempts"] == 1
