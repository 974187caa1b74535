"""Alembic's own commands behave as its users know them."""

from __future__ import annotations

import contextlib
import threading
from typing import TYPE_CHECKING, Any

import histories
import psycopg
import pytest
from alembic import command
from alembic.util import CommandError
from running import waiting_until

if TYPE_CHECKING:
    from shell import Shell

REVISIONS = "SELECT revision FROM phased_rollout ORDER BY 1"
NO_CONTRACT = "· nothing contracted: no contract is pending\n"
PENDING = "SELECT revision FROM phased_rollout WHERE contracted_at IS NULL"
ADD = "def expand():\n    op.add_column('users', sa.Column({!r}, sa.Text))"
LABELLED = '''
"""{revision}"""
import sqlalchemy as sa
from alembic import op

revision = {revision!r}
down_revision = {down!r}
branch_labels = {labels!r}
depends_on = {needs!r}

def expand():
    op.create_table({revision!r}, sa.Column("id", sa.BigInteger, primary_key=True))

def downgrade():
    op.drop_table({revision!r})
'''


@pytest.fixture(autouse=True)
def revisions(shell: Shell) -> None:
    histories.write(shell)


def version(shell: Shell, table: str = "alembic_version") -> list[str]:
    return [row[0] for row in shell.sql(f"SELECT version_num FROM {table} ORDER BY 1")]


def recorded(shell: Shell) -> list[str]:
    return [row[0] for row in shell.sql(REVISIONS)]


def columns(shell: Shell, table: str = "users") -> list[str]:
    start = f"column public.{table}."
    return [name.removeprefix(start) for name in shell.shape() if name.startswith(start)]


def expanded(shell: Shell) -> None:
    """As in production: there were rows when b2 came."""
    shell.succeed("alembic", "upgrade", "a1")
    shell.sql(histories.ROWS)
    shell.succeed("alembic", "upgrade", "b2")


def label(shell: Shell, revision: str, down: str | None = None, **more: Any) -> None:
    facts = {"labels": None, "needs": None, **more}
    path = shell.project.folder / "alembic" / "versions" / f"{revision}.py"
    path.write_text(LABELLED.format(revision=revision, down=down, **facts))


# what only looks


def test_history_heads_show_branches(shell: Shell) -> None:
    assert shell.succeed("alembic", "history").out == (
        "b2 -> c3 (head), revision c3\na1 -> b2, revision b2\n<base> -> a1, revision a1\n"
    )
    assert shell.succeed("alembic", "heads").out == "c3 (head)\n"
    assert "Revises: a1" in shell.succeed("alembic", "show", "b2").out
    shell.project.revision("b3", ADD.format("more"), "a1")
    assert shell.succeed("alembic", "branches").out.startswith("a1 (branchpoint)\n")


def test_looking_writes_nothing(shell: Shell) -> None:
    expanded(shell)
    before = shell.state()
    for arguments in (("current", "-v"), ("history", "-i"), ("heads",), ("show", "head")):
        shell.succeed("alembic", *arguments)
    assert shell.succeed("alembic", "current").out == "b2\n"
    assert shell.state() == before


def test_current_check_heads(shell: Shell) -> None:
    shell.succeed("alembic", "upgrade", "b2")
    done = shell.alembic("current", "--check-heads")
    assert (done.code, done.err) == (1, "error: Database is not on all head revisions\n")
    shell.succeed("alembic", "upgrade", "head")
    assert shell.succeed("alembic", "current", "--check-heads").out == "c3 (head)\n"


# up


def test_upgrade_by_relative_and_partial_ids(shell: Shell) -> None:
    shell.succeed("alembic", "upgrade", "+1")
    assert version(shell) == ["a1"]
    shell.succeed("alembic", "upgrade", "a1+1")
    assert version(shell) == ["b2"]
    shell.project.revision("d4f00ba7", "def expand():\n    pass", "c3")
    shell.succeed("alembic", "upgrade", "d4f0")
    assert version(shell) == ["d4f00ba7"]


def test_upgrade_twice_does_nothing(shell: Shell) -> None:
    expanded(shell)
    before = shell.state()
    done = shell.succeed("alembic", "upgrade", "b2")
    assert (done.out, shell.state()) == ("", before)


def test_contract_through_plain_alembic(shell: Shell) -> None:
    expanded(shell)
    assert shell.sql(PENDING) == [("b2",)]
    shell.succeed("alembic", "-x", "phased=contract", "upgrade", "head")
    assert shell.sql(PENDING) == []
    assert version(shell) == ["b2"]


def test_contract_through_plain_alembic_goes_no_further_than_asked(shell: Shell) -> None:
    expanded(shell)
    shell.project.revision("c3", ADD.format("more"), "b2")
    shell.succeed("alembic", "upgrade", "head")
    shell.succeed("alembic", "-x", "phased=contract", "upgrade", "b2")
    assert shell.sql(PENDING) == [("c3",)]


def test_contract_at_once_where_the_setting_says_so(shell: Shell) -> None:
    shell.monkeypatch.setenv("PHASED_CONTRACT", "immediate")
    expanded(shell)
    assert shell.sql(PENDING) == []


def test_x_arguments_reach_env_py(shell: Shell) -> None:
    env = shell.project.folder / "alembic" / "env.py"
    env.write_text(
        "from alembic import context\n"
        "print(context.get_x_argument(as_dictionary=True)['tenant'])\n" + env.read_text()
    )
    assert shell.succeed("alembic", "-x", "tenant=blue", "upgrade", "head").out == "blue\n"


def test_two_branches_with_labels(shell: Shell) -> None:
    label(shell, "x1", labels=("shop",))
    label(shell, "x2", "x1")
    shell.succeed("alembic", "upgrade", "shop@head")
    assert version(shell) == ["x2"]
    shell.succeed("alembic", "upgrade", "heads")
    assert version(shell) == ["c3", "x2"]
    assert recorded(shell) == ["a1", "b2", "c3", "x1", "x2"]
    shell.succeed("alembic", "downgrade", "shop@base")
    assert version(shell) == ["c3"]
    assert recorded(shell) == ["a1", "b2", "c3"]


def test_depends_on(shell: Shell) -> None:
    label(shell, "x1", labels=("shop",), needs="a1")
    shell.succeed("alembic", "upgrade", "shop@head")
    assert recorded(shell) == ["a1", "x1"]
    assert "public.users" in str(shell.shape())
    shell.succeed("alembic", "upgrade", "heads")
    assert version(shell) == ["c3", "x1"]
    assert shell.sql(PENDING) == [("b2",)]


def test_merge(shell: Shell) -> None:
    shell.project.revision("b3", ADD.format("more"), "a1")
    shell.succeed("alembic", "upgrade", "heads")
    shell.succeed("alembic", "merge", "heads", "-m", "together", "--rev-id", "m4")
    [merged] = [file for file in shell.project.files() if "m4" in file.read_text()]
    assert "def expand() -> None:" in merged.read_text()
    shell.succeed("alembic", "upgrade", "head")
    assert version(shell) == ["m4"]
    shell.succeed("alembic", "downgrade", "b3")
    assert set(version(shell)) == {"b3", "c3"}


# down


def test_downgrade_of_what_is_not_contracted_takes_the_expand_back(shell: Shell) -> None:
    shell.succeed("alembic", "upgrade", "a1")
    shell.sql(histories.ROWS)
    before = shell.state()
    shell.succeed("alembic", "upgrade", "b2")
    shell.succeed("alembic", "downgrade", "-1")
    assert shell.state() == before


def test_downgrade_of_what_is_contracted_runs_downgrade(shell: Shell) -> None:
    expanded(shell)
    shell.succeed("phased", "contract")
    shell.succeed("alembic", "downgrade", "a1")
    assert (version(shell), recorded(shell), columns(shell)) == (["a1"], ["a1"], ["id", "name"])


def test_downgrade_to_base_and_up_again(shell: Shell) -> None:
    shell.succeed("alembic", "upgrade", "head")
    before = shell.shape()
    shell.succeed("alembic", "downgrade", "base")
    assert (version(shell), recorded(shell), shell.shape()) == ([], [], {"schema public": ""})
    shell.succeed("alembic", "upgrade", "head")
    assert shell.shape() == before


def test_downgrade_without_downgrade_is_refused_before_anything_runs(shell: Shell) -> None:
    shell.project.revision("d4", "def expand():\n    pass", "c3")
    shell.succeed("alembic", "upgrade", "head")
    shell.project.revision("e5", "def expand():\n    pass\ndef downgrade():\n    pass", "d4")
    shell.succeed("alembic", "upgrade", "head")
    shell.succeed("phased", "contract")
    message = (
        "alembic/versions/d4.py has no downgrade(), and nothing else says how to go back from "
        "where it is.\n"
        "Nothing has been changed in the database. Write one, or roll forward with a new "
        'revision:\n\n    alembic revision -m "..."'
    )
    shell.refuses(message, "downgrade", "c3")


def test_downgrade_waits_for_a_reader_outside_the_queue(shell: Shell) -> None:
    """With `max_stall` as its `lock_timeout`, as every step."""
    shell.succeed("alembic", "upgrade", "head")
    shell.monkeypatch.setenv("PHASED_LOCK_BUDGET", "300ms")
    with psycopg.connect(shell.project.url) as reader:
        reader.execute("SELECT FROM users")
        before = shell.state()
        done = shell.alembic("downgrade", "a1")
        assert done.code == 1
        assert "did not get its locks within" in done.err
        assert version(shell) == ["b2"]
        assert shell.shape() != before["schema"]
    shell.succeed("alembic", "downgrade", "a1")
    assert columns(shell) == ["id", "name"]


# stamp


def test_stamp_down_and_up(shell: Shell) -> None:
    expanded(shell)
    shell.succeed("alembic", "stamp", "a1")
    assert (version(shell), recorded(shell)) == (["a1"], ["a1"])
    shell.succeed("alembic", "stamp", "head")
    assert (version(shell), recorded(shell)) == (["c3"], ["a1"])
    assert shell.phased("status", "--check").code == 0
    assert (
        shell.succeed("phased", "contract").out == "· nothing contracted: no contract is pending\n"
    )


def test_stamp_of_what_stands_there_keeps_its_contract_pending(shell: Shell) -> None:
    expanded(shell)
    shell.succeed("alembic", "stamp", "b2")
    assert shell.sql(PENDING) == [("b2",)]


def test_stamp_base(shell: Shell) -> None:
    expanded(shell)
    shell.succeed("alembic", "stamp", "base")
    assert (version(shell), recorded(shell)) == ([], [])


def test_stamp_an_existing_database(shell: Shell) -> None:
    shell.sql("CREATE TABLE users (id bigserial PRIMARY KEY, name text, handle text NOT NULL)")
    shell.succeed("alembic", "stamp", "head")
    assert version(shell) == ["c3"]
    assert shell.phased("status", "--check").code == 0
    assert [name for name in shell.state() if name.startswith("phased")] == []


def test_stamp_purge_keeps_what_every_branch_has_pending(shell: Shell) -> None:
    label(shell, "x1", labels=("shop",))
    expanded(shell)
    shell.succeed("alembic", "upgrade", "x1")
    shell.succeed("alembic", "stamp", "--purge", "x1", "b2")
    assert version(shell) == ["b2", "x1"]
    assert recorded(shell) == ["a1", "b2", "x1"]
    assert ("b2",) in shell.sql(PENDING)


def test_stamp_over_a_half_run_revision_completes_it(shell: Shell) -> None:
    shell.succeed("alembic", "upgrade", "a1")
    path = shell.project.revision("b2", ADD.format("id"), "a1")  # it is there already
    assert shell.alembic("upgrade", "b2").code == 1
    shell.succeed("alembic", "stamp", "b2")
    assert shell.phased("status", "--check").code == 1  # c3
    path.write_text(path.read_text().replace("'id'", "'other'"))
    assert (
        shell.succeed("phased", "contract").out == "· nothing contracted: no contract is pending\n"
    )


# how env.py may be written


def configure(shell: Shell, text: str) -> None:
    env = shell.project.folder / "alembic" / "env.py"
    env.write_text(env.read_text().replace("target_metadata", f"{text}, target_metadata"))


def test_version_table_in_a_schema(shell: Shell) -> None:
    shell.sql('CREATE SCHEMA "Meta"')
    configure(shell, 'version_table="Version", version_table_schema="Meta"')
    expanded(shell)
    shell.succeed("alembic", "upgrade", "head")
    assert version(shell, '"Meta"."Version"') == ["c3"]
    assert shell.sql('SELECT count(*) FROM "Meta".phased_step') == [(4,)]
    assert shell.sql("SELECT to_regclass('public.phased_rollout')") == [(None,)]
    assert "1 waiting for its contract" in shell.succeed("phased", "status").out
    shell.succeed("phased", "contract")
    shell.succeed("alembic", "downgrade", "base")
    assert version(shell, '"Meta"."Version"') == []


def test_two_applications_in_one_database(shell: Shell) -> None:
    """Each has its own schema for its version table, and its own ledger."""
    for name in ("one", "two"):
        shell.sql(f"CREATE SCHEMA {name}")
    shell.project.revision("a1", histories.CREATE.replace("users", "t_one"))
    for path in shell.project.files()[:-1]:
        path.unlink()
    configure(shell, 'version_table_schema="one"')
    shell.succeed("alembic", "upgrade", "head")
    env = shell.project.folder / "alembic" / "env.py"
    env.write_text(env.read_text().replace('"one"', '"two"'))
    shell.project.revision("a1", histories.CREATE.replace("users", "t_two"))
    shell.succeed("alembic", "upgrade", "head")
    assert {"table public.t_one", "table public.t_two"} <= set(shell.shape())


def test_options_of_configure_are_passed_on(shell: Shell) -> None:
    applied = "on_version_apply=lambda step, **_: print(step.up_revision_id)"
    configure(shell, f"transaction_per_migration=False, {applied}")
    assert shell.succeed("alembic", "upgrade", "head").out == "a1\nb2\nc3\n"


@pytest.mark.parametrize("level", ["AUTOCOMMIT", "SERIALIZABLE"])
def test_engine_with_an_isolation_level_of_its_own(shell: Shell, level: str) -> None:
    """The version row and the last step commit together all the same."""
    models = shell.project.folder / "models.py"
    models.write_text(models.read_text().replace('URL"]))', f'URL"]), isolation_level="{level}")'))
    assert level in models.read_text()
    expanded(shell)
    before = shell.state()
    shell.project.revision("c3", ADD.format("more"), "b2")
    shell.sql("CREATE FUNCTION stop() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE; END'")
    shell.sql("CREATE TRIGGER stop BEFORE UPDATE ON alembic_version EXECUTE FUNCTION stop()")
    assert shell.project.alembic("upgrade", "head").returncode != 0
    shell.sql("DROP FUNCTION stop() CASCADE")
    after = shell.state()
    for name in ("schema", "alembic_version", "phased_step"):
        assert after[name] == before[name]
    shell.succeed("alembic", "upgrade", "head")


def test_timeouts_of_the_database_do_not_strike(shell: Shell) -> None:
    """Neither at a step that takes its time nor at the connection that waits for it."""
    [(database,)] = shell.sql("SELECT current_database()")
    for name in ("statement_timeout", "idle_session_timeout"):
        shell.sql(f"ALTER DATABASE {database} SET {name} = '1500ms'")
    shell.project.revision("d4", "def expand():\n    op.execute('SELECT pg_sleep(2)')", "c3")
    shell.succeed("alembic", "upgrade", "head")
    assert version(shell) == ["d4"]


def test_async_engine(shell: Shell) -> None:
    models = shell.project.folder / "models.py"
    models.write_text(
        models.read_text()
        .replace("import MetaData, create_engine", "import MetaData")
        .replace("create_engine(", "create_async_engine(")
        .replace(
            "import os\n", "import os\nfrom sqlalchemy.ext.asyncio import create_async_engine\n"
        )
    )
    expanded(shell)
    shell.succeed("phased", "contract")
    assert version(shell) == ["b2"]


# from Python


def test_alembic_command_without_a_command_line(shell: Shell) -> None:
    with shell.python() as config:
        command.upgrade(config, "a1")
        shell.sql(histories.ROWS)
        command.upgrade(config, "head")
        assert shell.sql(PENDING) == [("b2",)]
        command.current(config)
        command.downgrade(config, "a1")
        command.stamp(config, "head")
    out = shell.capsys.readouterr()
    assert (out.out, out.err) == ("c3 (head)\n", "")


def test_errors_are_exceptions_in_python(shell: Shell) -> None:
    shell.succeed("alembic", "upgrade", "head")
    shell.project.revision("d4", "def expand():\n    op.drop_table('users')", "c3")
    with shell.python() as config, pytest.raises(CommandError, match="destroys_before_contract"):
        command.upgrade(config, "head")
    assert "table public.users" in shell.shape()


def test_two_runners_at_once(shell: Shell) -> None:
    """One waits for the other; the second finds nothing to do."""
    results = []

    def run() -> None:
        results.append(shell.project.alembic("upgrade", "head"))

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [done.returncode for done in results] == [0, 0], results
    assert sorted("CREATE TABLE users" in done.stderr for done in results) == [False, True]


def test_nothing_is_left_open(shell: Shell) -> None:
    """No connection of ours survives a command, whether it worked or not."""
    expanded(shell)
    shell.alembic("upgrade", "nope")
    with contextlib.suppress(CommandError), shell.python() as config:
        command.upgrade(config, "nope")
    others = "SELECT FROM pg_stat_activity WHERE datname = current_database()"
    gone = f"NOT EXISTS ({others} AND pid <> pg_backend_pid() AND state IS NOT NULL)"
    shell.sql(waiting_until(gone))  # a session ends a moment after its connection is closed
