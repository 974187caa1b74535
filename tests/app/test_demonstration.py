from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import time
from collections import Counter
from typing import TYPE_CHECKING

import psycopg
import pytest
from rich.console import Console
from server import conninfo

from app.demonstration import databases, numbers, releases
from app.demonstration.checkouts import ROOT, Checkout, environment
from app.demonstration.edit import CHANGES, Change, edit, replaced
from app.demonstration.plain import made_to_run
from app.demonstration.watch import when_expanded
from app.models import Base
from app.workload.measurements import Row

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import URL, Engine

STOCK = """
    op.add_column('posts', sa.Column('excerpt', sa.Text(), nullable=False))
    op.drop_column('posts', 'format')
    # ### end Alembic commands ###
"""


@pytest.fixture
def checkout(tmp_path: Path, database: URL) -> Checkout:
    shutil.copytree(ROOT / "app", tmp_path / "app")
    return Checkout(tmp_path, database)


def row(release: str, phase: str, operation: str, **numbers: object) -> Row:
    nothing = {"queries": 0, "failures": 0, "sqlstates": {}, "p50_ms": 0, "p99_ms": 0, "max_ms": 0}
    named = {"release": release, "phase": phase, "operation": operation}
    return Row(**{**named, **nothing, **numbers})  # type: ignore[typeddict-item] # all keys are there


def test_the_edit_fits_the_models_and_says_so(checkout: Checkout) -> None:
    difference = edit(checkout.folder)
    added = [line for line in difference.splitlines() if re.match(r"\+[^+]", line)]
    taken = [line for line in difference.splitlines() if re.match(r"-[^-]", line)]
    assert any("filled_by" in line for line in added)
    assert "-    format: Mapped[str]" in taken


def test_the_edited_models_are_what_the_demo_promises(checkout: Checkout) -> None:
    edit(checkout.folder)
    script = (
        "import json; from sqlalchemy.orm import configure_mappers; from app.models import Post;"
        "configure_mappers(); table = Post.__table__;"
        "print(json.dumps([sorted(table.columns.keys()), sorted(i.name for i in table.indexes),"
        " sorted(c.name for c in table.constraints)]))"
    )
    shown = subprocess.run(
        [sys.executable, "-c", script],
        cwd=checkout.folder,
        env=environment(checkout),
        check=True,
        capture_output=True,
        text=True,
    )
    before = Base.metadata.tables["posts"]
    columns, indexes, constraints = (set(names) for names in json.loads(shown.stdout))
    assert columns ^ {str(column.name) for column in before.columns} == {"excerpt", "format"}
    assert indexes - {index.name for index in before.indexes} == {"ix_posts_editor_id"}
    assert constraints - {constraint.name for constraint in before.constraints} == {
        "ck_posts_word_count_not_negative",
        "fk_posts_editor_id_users",
    }


def test_an_edit_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="should say this once"):
        replaced("something else", CHANGES[0])
    with pytest.raises(ValueError, match="should say this once"):
        replaced("twice twice", Change("a.py", "twice", "once"))


def test_the_rows_of_the_demo_fit_the_models(engine: Engine, database: URL) -> None:
    Base.metadata.create_all(engine)
    databases.fill(database)
    with psycopg.connect(conninfo(database)) as connection:
        found = connection.execute("SELECT count(*), count(editor_id) FROM posts").fetchone()
        orphans = connection.execute(
            "SELECT count(*) FROM posts LEFT JOIN users ON users.id = editor_id"
            " WHERE editor_id IS NOT NULL AND users.id IS NULL"
        ).fetchone()
    assert found is not None
    assert found[0] >= 200_000
    assert 0 < found[1] < found[0]
    assert orphans == (0,)


def test_a_database_that_alembic_has_not_seen(database: URL) -> None:
    with psycopg.connect(conninfo(database)) as connection:
        connection.execute("CREATE TABLE alembic_version ()")
        connection.execute("CREATE TABLE phased_step ()")
        connection.execute("CREATE TABLE posts ()")
    databases.forget_migrations(database)
    with psycopg.connect(conninfo(database)) as connection:
        found = connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        ).fetchall()
    assert found == [("posts",)]


def test_a_copy_has_the_rows_and_goes_away(database: URL) -> None:
    with psycopg.connect(conninfo(database)) as connection:
        connection.execute("CREATE TABLE posts AS SELECT 1 AS id")
    name = f"{database.database}_copy"
    copy = databases.copy(database, str(database.database), name)
    with psycopg.connect(conninfo(copy)) as connection:
        assert connection.execute("SELECT id FROM posts").fetchall() == [(1,)]
    databases.drop(database, name)
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(conninfo(copy))


def test_a_release_runs_as_a_process_of_its_own(checkout: Checkout, engine: Engine) -> None:
    Base.metadata.create_all(engine)
    running = releases.start("old", checkout, seed=1, phase="before")
    try:
        with psycopg.connect(conninfo(checkout.url), autocommit=True) as connection:
            wait_for_more_rows(connection, 5)
            releases.enter(running, "expand")
            wait_for_more_rows(connection, 5)
        report = releases.stop(running)
    finally:
        releases.kill(running)
    assert report["messages"] == {}
    assert {found["release"] for found in report["rows"]} == {"old"}
    assert {found["phase"] for found in report["rows"]} == {"before", "expand"}


def wait_for_more_rows(connection: psycopg.Connection[tuple[object, ...]], more: int) -> None:
    def count() -> int:
        found = connection.execute("SELECT count(*) FROM posts").fetchone()
        assert found is not None
        return int(str(found[0]))

    enough, deadline = count() + more, time.monotonic() + 60
    while count() < enough:
        assert time.monotonic() < deadline


def test_a_release_that_cannot_start_says_so(
    checkout: Checkout, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(releases.ReleaseDied):
        releases.start("old", checkout, seed=1, phase="before")
    capfd.readouterr()


def test_the_end_of_expand_is_noticed_once(database: URL) -> None:
    called: list[str] = []
    with psycopg.connect(conninfo(database), autocommit=True) as connection:
        connection.execute("CREATE TABLE phased_rollout (revision text, expanded_at timestamptz)")
        connection.execute("INSERT INTO phased_rollout VALUES ('a', NULL), ('b', now())")
        with when_expanded(database, "a", lambda: called.append("a")):
            pass
        assert called == []
        connection.execute("UPDATE phased_rollout SET expanded_at = now()")
        with when_expanded(database, "a", lambda: called.append("a")):
            deadline = time.monotonic() + 60
            while not called:
                assert time.monotonic() < deadline
    assert called == ["a"]


def test_what_autogenerate_writes_is_made_to_run() -> None:
    text = made_to_run(STOCK)
    assert "nullable=False))" not in text
    assert text.index("nullable=True") < text.index("UPDATE posts") < text.index("drop_column")
    assert text.index("op.create_check_constraint") < text.index("# ### end")


def test_a_check_that_autogenerate_writes_is_not_written_twice() -> None:
    text = STOCK.replace(
        "op.drop", "op.create_check_constraint('word_count_not_negative')\n    op.drop"
    )
    assert made_to_run(text).count("create_check_constraint") == 1


def test_something_else_than_expected_from_autogenerate_is_refused() -> None:
    with pytest.raises(ValueError, match="should have written"):
        made_to_run("pass")


def test_totals_are_by_phase_and_release_in_the_order_of_a_deploy() -> None:
    rows = [
        row("new", "deploy", "get", queries=5, max_ms=7.0),
        row("old", "deploy", "get", queries=2, max_ms=3.0),
        row("old", "before", "get", queries=1, failures=1, sqlstates={"23502": 1}, max_ms=1.0),
        row("old", "before", "page", queries=4, failures=2, sqlstates={"23502": 2}, max_ms=9.0),
    ]
    assert list(numbers.totals(rows).items()) == [
        (("before", "old"), numbers.Total(5, 9.0, Counter({"23502": 3}))),
        (("deploy", "old"), numbers.Total(2, 3.0, Counter())),
        (("deploy", "new"), numbers.Total(5, 7.0, Counter())),
    ]


def test_the_table_shows_both_sides_and_all_together() -> None:
    sides = {
        "phased": [row("old", "expand", "get", queries=1234, max_ms=56.4)],
        "alembic": [row("old", "upgrade", "get", queries=9, failures=2, sqlstates={"42703": 2})],
    }
    console = Console(width=120)
    with console.capture() as capture:
        console.print(numbers.table(sides))
    lines = [re.sub(r"[^\w,.]+", " ", line).split() for line in capture.get().splitlines()]
    assert ["expand", "old", "1,234", "0", "56", "ms"] in lines
    assert ["upgrade", "old", "9", "2", "0", "ms"] in lines
    assert ["all", "1,234", "0", "56", "ms", "9", "2", "0", "ms"] in lines


def test_the_file_holds_every_row_of_both_sides(tmp_path: Path) -> None:
    sides = {"phased": [row("old", "expand", "get", queries=1)], "alembic": []}
    numbers.write(tmp_path / "new" / "demo.json", sides)
    assert json.loads((tmp_path / "new" / "demo.json").read_text()) == sides
