"""`phased lint`: files are judged without a database where that can be, else beside the user's."""

from __future__ import annotations

import json
import uuid
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import old_history
import pytest
from sqlalchemy import make_url

from phased import scratch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shell import Outcome, Shell

NOWHERE = "postgresql://nobody@127.0.0.1:1/nothing"
SCRATCH = "SELECT count(*) FROM pg_database WHERE starts_with(datname, %s)"
FILE = "alembic/versions/{}.py"
TABLE = """
def upgrade():
    op.create_table("users", sa.Column("id", sa.Integer, primary_key=True), sa.Column("a", sa.Text))
"""
DROPS = "def upgrade():\n    op.drop_column('users', 'a')\n"
ASKS = """
def upgrade():
    if "a" in [column["name"] for column in sa.inspect(op.get_bind()).get_columns("users")]:
        op.drop_column("users", "a")
"""
NEEDS_ROWS = """
def upgrade():
    op.get_bind().execute(sa.text("SELECT id FROM users")).one()
    op.drop_table("users")
"""
WAIVED = """
def upgrade():
    if op.get_bind().scalar(sa.text("SELECT count(*) FROM users")) == 0:
        # phased: allow destroys_before_contract because nobody has ever used it
        op.drop_column("users", "a")
"""


@pytest.fixture(autouse=True)
def own_prefix(monkeypatch: pytest.MonkeyPatch) -> None:
    """Other tests make scratch databases on the same server at the same time."""
    assert scratch.PREFIX == "phased_scratch_"
    monkeypatch.setattr(scratch, "PREFIX", f"phased_scratch_{uuid.uuid4().hex[:8]}_")


def write(shell: Shell, *bodies: str) -> None:
    """Revisions a1, a2, … one after another."""
    for number, body in enumerate(bodies, 1):
        shell.project.revision(f"a{number}", body, f"a{number - 1}" if number > 1 else None)


def nowhere(shell: Shell) -> Shell:
    """The same with a database that cannot be reached."""
    shell.monkeypatch.setenv("DATABASE_URL", NOWHERE)
    return replace(shell, project=replace(shell.project, url=NOWHERE))


def found(done: Outcome) -> list[tuple[str, str, int]]:
    """Rule, path and line of the findings in JSON."""
    return [(one["rule"], one["path"], one["line"]) for one in json.loads(done.out)["findings"]]


def notices(done: Outcome) -> list[dict[str, Any]]:
    """The notices in JSON, one a line."""
    events = [json.loads(line) for line in done.err.splitlines()]
    return [event for event in events if event["event"] == "notice"]


def assert_untouched(shell: Shell, *arguments: str) -> Outcome:
    """The command leaves the server as it is; what it says."""
    before = shell.state()
    done = shell.phased(*arguments)
    assert shell.state() == before
    assert shell.sql(SCRATCH, scratch.PREFIX) == [(0,)]
    return done


def test_what_can_be_recorded_needs_no_database(shell: Shell) -> None:
    write(shell, TABLE, DROPS)
    done = nowhere(shell).phased("lint", "--json")
    assert (done.code, done.err) == (1, "")
    assert found(done) == [("destroys_before_contract", FILE.format("a2"), 15)]


def test_files_may_ask_where_they_are(shell: Shell) -> None:
    asks = "from alembic import context\n"
    asks += "def upgrade():\n    assert not context.is_offline_mode()\n"
    asks += "    if op.get_bind().dialect.name == op.get_context().dialect.name == 'postgresql':\n"
    asks += "        op.execute('CREATE TABLE t (id int)')\n"
    write(shell, asks)
    assert nowhere(shell).phased("lint", "--json").code == 0


def test_one_revision(shell: Shell) -> None:
    write(shell, TABLE, DROPS, "def upgrade():\n    op.drop_table('users')\n")
    for revision, line in (("a2", 15), ("a3", 15), ("head", 15)):
        name = "a3" if revision == "head" else revision
        done = nowhere(shell).phased("lint", revision, "--json")
        assert found(done) == [("destroys_before_contract", FILE.format(name), line)]
    assert nowhere(shell).phased("lint", "a1").code == 0


def test_a_revision_that_is_not_there(shell: Shell) -> None:
    write(shell, TABLE)
    done = nowhere(shell).phased("lint", "zz")
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("error: there is no revision 'zz' in alembic/versions.")


def test_what_asks_for_a_connection_needs_one(shell: Shell) -> None:
    write(shell, TABLE, ASKS)
    done = nowhere(shell).phased("lint")
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("error: cannot connect to postgresql://nobody@127.0.0.1:1/nothing")


def test_captured_on_a_scratch_database(shell: Shell) -> None:
    write(shell, TABLE, ASKS, "def upgrade():\n    op.drop_table('users')\n")
    done = assert_untouched(shell, "lint", "--json")
    assert (done.code, done.err) == (1, "")
    assert found(done) == [
        ("destroys_before_contract", FILE.format("a2"), 17),
        ("destroys_before_contract", FILE.format("a3"), 15),
    ]


def test_a_whole_history(shell: Shell) -> None:
    (shell.project.folder / "helpers.py").write_text(old_history.HELPERS)
    for revision, (down, body) in old_history.HISTORY.items():
        shell.project.revision(revision, body, down)
    done = assert_untouched(shell, "lint", "--json")
    assert [one for one in found(done) if one[0] != "unbatched_data_change"] == [
        ("cached_plan_invalidated", FILE.format("a5"), 34),
        ("lock_timeout_changed", FILE.format("b1"), 28),
        ("lock_timeout_changed", FILE.format("b2"), 29),
        ("rename_in_use", FILE.format("a7"), 20),
        ("scan_under_blocking_lock", FILE.format("a7"), 20),
    ]
    assert ("unbatched_data_change", FILE.format("a3"), 21) in found(done)
    assert len(found(done)) == len(set(found(done)))  # a loop is one finding


def test_waivers(shell: Shell) -> None:
    write(shell, TABLE, WAIVED)
    assert assert_untouched(shell, "lint").code == 0
    write(shell, TABLE, WAIVED.replace('op.drop_column("users", "a")', "pass"))
    done = assert_untouched(shell, "lint", "--json")
    assert (done.code, found(done)) == (0, [("waiver", FILE.format("a2"), 17)])
    write(shell, TABLE, WAIVED.replace(" because nobody has ever used it", ""))
    done = assert_untouched(shell, "lint", "--json")
    assert (done.code, len(found(done))) == (1, 2)


@pytest.mark.parametrize("verb", ["lint", "plan"])
def test_what_needs_rows_is_said_and_the_rest_is_judged(shell: Shell, verb: str) -> None:
    write(shell, TABLE, NEEDS_ROWS, DROPS, ASKS)
    done = assert_untouched(shell, verb, "--json")
    said = [(one["revision"], one["text"]) for one in notices(done)]
    later = ": its statements will be judged one by one while it runs"
    reason = "(NoResultFound: No row was found when one was required)"
    assert said == [
        ("a2", f"could not be run on an empty scratch database {reason}{later}"),
        ("a4", f"could not be run on a scratch database, as a2 could not {reason}{later}"),
    ]
    if verb == "lint":
        assert found(done) == [("destroys_before_contract", FILE.format("a3"), 15)]
    write(shell, TABLE, NEEDS_ROWS)
    (shell.project.folder / FILE.format("a3")).unlink()
    (shell.project.folder / FILE.format("a4")).unlink()
    assert assert_untouched(shell, verb).code == 0


def test_what_was_there_before_phased_is_not_run(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(shell, TABLE, NEEDS_ROWS, "def upgrade():\n    op.create_table('users')")
    monkeypatch.setenv("PHASED_START_AFTER", "a2")
    done = nowhere(shell).phased("lint", "--json")
    assert (done.code, done.err, found(done)) == (0, "", [])


def test_what_a_file_prints_is_no_finding(shell: Shell) -> None:
    write(shell, TABLE + "    print('made')\n", ASKS + "    print('asked')\n")
    for verb in ("lint", "plan"):
        done = assert_untouched(shell, verb, "--json")
        json.loads(done.out)
        assert "asked" in done.err


def test_the_plan_shows_what_was_captured(shell: Shell) -> None:
    write(shell, TABLE)
    shell.succeed("alembic", "upgrade", "head")
    write(shell, TABLE, ASKS)
    done = assert_untouched(shell, "plan", "--json")
    (plan,) = json.loads(done.out)["revisions"]
    (step,) = plan["steps"]
    (statement,) = step["statements"]
    assert statement["sql"] == "ALTER TABLE users DROP COLUMN a"
    assert statement["line"] == 17
    assert done.code == 1


@pytest.fixture
def poor(shell: Shell) -> Iterator[str]:
    """A role that owns the database and has no further rights."""
    database, name = shell.sql("SELECT current_database()")[0][0], f"poor_{uuid.uuid4().hex[:8]}"
    shell.sql(f"CREATE ROLE {name} LOGIN")
    shell.sql(f"ALTER DATABASE {database} OWNER TO {name}")
    yield name
    shell.sql(f"REASSIGN OWNED BY {name} TO CURRENT_USER")
    shell.sql(f"DROP ROLE {name}")


def test_no_right_to_create_a_database(shell: Shell, poor: str) -> None:
    write(shell, TABLE, ASKS, DROPS)
    url = make_url(shell.project.url).set(username=poor)
    shell.monkeypatch.setenv("DATABASE_URL", url.render_as_string(hide_password=False))
    done = assert_untouched(shell, "lint")
    assert f"the role {poor} may not create one" in done.err
    assert f"ALTER ROLE {poor} CREATEDB" in done.err
    assert f"{FILE.format('a3')}:15" in done.out
    assert f"{FILE.format('a2')}:" not in done.out
    assert done.code == 1
    shell.sql(f"ALTER ROLE {poor} CREATEDB")
    assert f"{FILE.format('a2')}:17" in assert_untouched(shell, "lint").out


@pytest.fixture
def role(shell: Shell) -> Iterator[str]:
    yield "phased_reader"
    shell.sql("DROP ROLE IF EXISTS phased_reader")


def test_nothing_reaches_beyond_the_scratch_database(shell: Shell, role: str) -> None:
    database = shell.project.url.partition("?")[0].rpartition("/")[2]
    body = f"""
def upgrade():
    conn = op.get_bind()
    if not conn.scalar(sa.text("SELECT 1 FROM pg_roles WHERE rolname = '{role}'")):
        op.execute("CREATE ROLE {role}")
    op.execute("DO $$ BEGIN CREATE ROLE {role}; END $$")
    op.execute("GRANT SELECT ON users TO {role}; ALTER TABLE users ADD COLUMN b int")
    op.execute("ALTER TABLE users OWNER TO {role}")
    op.execute("SET ROLE {role}")
    op.execute("ALTER DATABASE {database} SET work_mem = '1MB'")
    assert "b" in [column["name"] for column in sa.inspect(conn).get_columns("users")]
"""
    write(shell, TABLE, body, DROPS + "    sa.inspect(op.get_bind())\n")
    done = assert_untouched(shell, "lint", "--json")
    assert notices(done) == []
    assert ("destroys_before_contract", FILE.format("a3"), 15) in found(done)
    assert shell.sql("SELECT 1 FROM pg_roles WHERE rolname = %s", role) == []
    assert (
        shell.sql(
            "SELECT 1 FROM pg_db_role_setting s JOIN pg_database d ON d.oid = setdatabase"
            " WHERE datname = current_database()"
        )
        == []
    )


@pytest.mark.parametrize(
    "way",
    [
        "create_engine().begin() as conn",
        "Session(create_engine()) as conn, conn.begin()",
        "nullcontext(context.get_bind()) as conn",
    ],
)
def test_nothing_reaches_the_database_by_another_way(shell: Shell, way: str) -> None:
    body = f"""
from contextlib import nullcontext
from alembic import context
from models import engine
from sqlalchemy.orm import Session

def create_engine():
    return sa.create_engine(engine().url, poolclass=sa.NullPool)

def upgrade():
    op.get_bind()
    with {way}:
        conn.execute(sa.text("CREATE TABLE made (id int)"))
"""
    write(shell, body)
    done = assert_untouched(shell, "lint", "--json")
    (notice,) = notices(done)
    assert notice["revision"] == "a1"
    assert done.code == 0
    assert assert_untouched(shell, "plan").code == 0
    shell.succeed("alembic", "upgrade", "head")
    assert shell.sql("SELECT to_regclass('made')::text") == [("made",)]


def test_interrupted(shell: Shell) -> None:
    write(shell, TABLE, ASKS + "    raise KeyboardInterrupt\n")
    assert assert_untouched(shell, "lint").code == 130
    assert assert_untouched(shell, "plan").code == 130


def test_a_waiver_in_what_could_not_be_captured(shell: Shell) -> None:
    write(shell, TABLE, NEEDS_ROWS + "    # phased: allow cascade because it is not known\n")
    done = assert_untouched(shell, "lint", "--json")
    assert len(notices(done)) == 1
    assert found(done) == []


def test_no_connection_to_the_scratch_database(shell: Shell, poor: str) -> None:
    write(shell, TABLE, ASKS)
    url = make_url(shell.project.url).set(username=poor)
    shell.monkeypatch.setenv("DATABASE_URL", url.render_as_string(hide_password=False))
    shell.sql(f"ALTER ROLE {poor} CREATEDB CONNECTION LIMIT 2")
    done = assert_untouched(shell, "lint")
    assert "there is none to be had (OperationalError" in done.err
    assert done.code == 0


def test_blocks_in_what_is_captured(shell: Shell) -> None:
    (shell.project.folder / "helpers.py").write_text(old_history.HELPERS)
    body = ASKS.replace('op.drop_column("users", "a")', 'index("ix_a", "users", "a")')
    write(shell, TABLE, f"from helpers import index_beside_the_traffic as index\n{body}")
    done = assert_untouched(shell, "lint", "--json")
    assert (done.code, done.err, found(done)) == (0, "", [])


def test_a_phased_revision_among_them(shell: Shell) -> None:
    change = """
def expand():
    op.add_column("users", sa.Column("b", sa.Text))
    op.create_index("ix_b", "users", ["b"], postgresql_concurrently=True)

def backfill():
    op.backfill("users", {"b": "a"})

def contract():
    op.drop_column("users", "a")
"""
    asks = ASKS.replace('"a"', '"b"') + "    assert not sa.inspect(op.get_bind()).has_table('t')\n"
    write(shell, TABLE, change, asks)
    done = assert_untouched(shell, "lint", "--json")
    assert notices(done) == []
    assert [one[1:] for one in found(done)] == [(FILE.format("a3"), 17)]
