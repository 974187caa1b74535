"""`phased backfill`: one terminal runs an upgrade, another looks at it and steers it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from running import Project, of

from phased import control
from phased.ledger import Ledger

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import project as projects
    from shell import Shell
    from sqlalchemy import URL

    from phased.model import Event

ROWS = 6_000
FILL = """
def expand():
    pass

def backfill():
    op.backfill("Users", {"handle": "name"})
"""


STEPS = """
import sys
from phased import cli
for words in sys.argv[1:]:
    try:
        cli.main(words.split())
    except SystemExit as end:
        print(f"exit {end.code}")
"""


@pytest.fixture
def files(shell: Shell) -> projects.Project:
    """For the other terminal."""
    shell.project.revision("b2", FILL)
    return shell.project


@pytest.fixture
def running(
    tmp_path: Path, database: URL, monkeypatch: pytest.MonkeyPatch, shell: Shell
) -> Project:
    """For the terminal that runs it."""
    shell.use()
    monkeypatch.setenv("PHASED_BATCH_DURATION", "20ms")
    found = Project(tmp_path / "running", database)
    found.execute(
        'CREATE TABLE "Users" (name text, handle text) WITH (autovacuum_enabled = false)',
        f"INSERT INTO \"Users\" SELECT 'n' || g FROM generate_series(1, {ROWS}) g",
    )
    found.revision(FILL)
    return found


def elsewhere(files: projects.Project, *commands: str) -> list[str]:
    """What another process prints that is given these commands of `phased`, one after the other."""
    done = subprocess.run(
        [sys.executable, "-c", STEPS, *commands],
        cwd=files.folder,
        env={**os.environ, "DATABASE_URL": files.url},
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    assert not done.stderr
    return done.stdout.split("exit 0\n")[:-1]


def steer(running: Project, action: Callable[..., None], **values: int) -> None:
    """What a command does, without a process of its own."""
    with running.connect(autocommit=True) as connection:
        book = Ledger(connection)
        (found,) = control.under_way(book)
        action(book, found, **values)


def missing(project: Project) -> int:
    found: int = project.value('SELECT count(*) FROM "Users" WHERE handle IS NULL')
    return found


def once(project: Project, wanted: Callable[[Event], bool], *actions: Callable[[], Any]) -> None:
    """Do something at the first such event."""
    left = list(actions)

    def watch(event: Event) -> None:
        if wanted(event):
            while left:
                left.pop(0)()

    project.watching.append(watch)


def is_progress(event: Event) -> bool:
    return event.kind == "progress"


def is_pause(event: Event) -> bool:
    return event.data.get("pause") == "control"


def test_pause_look_tune_and_resume(files: projects.Project, running: Project) -> None:
    said: dict[str, Any] = {}
    look, tune = "backfill status --json", "backfill tune --rate 500000 --batch-duration 20ms"

    def while_paused() -> None:
        said["left"] = missing(running)
        with files.start("alembic", "upgrade", "head") as second:
            assert second.stderr
            said["second"] = next(line for line in second.stderr if "waiting for" in line)
            second.kill()
        commands = (look, "backfill status", tune, look, "backfill resume")
        said["outputs"] = elsewhere(files, *commands)

    once(running, is_progress, lambda: said.update(paused=elsewhere(files, "backfill pause")))
    once(running, is_pause, while_paused)
    events = running.upgrade()
    assert missing(running) == 0
    assert said["paused"][0].startswith("✓ paused b2: ")
    (told,) = [event for event in of(events, "waiting") if is_pause(event)]
    assert "to go on: phased backfill resume" in told.text
    assert 0 < said["left"] < ROWS
    first, text, tuned, second, resumed = said["outputs"]
    (found,) = json.loads(first)["backfills"]
    assert (found["revision"], found["table"], found["state"]) == ("b2", '"Users"', "paused")
    assert found["total"] >= found["done"] == ROWS - said["left"]
    assert found["runner"].startswith("pid ")
    assert f'… b2  "Users"  {found["done"]:,} of ' in text
    assert f"paused by {found['paused_by']} since {found['paused_at']}" in text
    assert "phased backfill resume" in said["second"]
    assert tuned == "✓ tuned b2\n"
    (asked,) = json.loads(second)["backfills"]
    assert asked == {**found, "limit": 500_000, "batch_ms": 20}
    assert resumed == "✓ resumed b2\n"


@pytest.mark.usefixtures("files")
def test_a_backfill_that_was_paused_and_killed(shell: Shell, running: Project) -> None:
    """Another upgrade says so, and changes nothing; the next after `resume` finishes it."""

    class Killed(BaseException):
        pass

    def kill() -> None:
        raise Killed

    once(running, is_progress, lambda: steer(running, control.pause))
    once(running, is_pause, kill)
    with pytest.raises(Killed):
        running.upgrade()
    left = missing(running)
    again = shell.alembic("upgrade", "head")
    assert again.code == 1
    assert 'the backfill of "Users" is paused, by ' in again.err
    assert f"\n{ROWS - left:,} rows are filled" in again.err
    assert "\n    phased backfill resume\n    alembic upgrade head\n" in again.err
    assert missing(running) == left
    assert shell.succeed("phased", "backfill", "status").out.count("nobody runs it") == 1
    assert shell.succeed("phased", "backfill", "resume").out == (
        "✓ resumed b2: nobody runs it; to go on with it: alembic upgrade head\n"
    )
    running.watching.clear()
    running.upgrade()
    assert missing(running) == 0


def test_another_number_of_workers(running: Project) -> None:
    """Those at work end, and as many as are wanted go on from there."""
    running.revision(FILL.replace('"name"', "\"name || ' ' || pg_backend_pid()\""))
    once(running, is_progress, lambda: steer(running, control.tune, workers=3, rate=30_000))
    running.upgrade()
    assert missing(running) == 0
    workers = "SELECT count(DISTINCT split_part(handle, ' ', 2)) FROM \"Users\""
    assert running.value(workers) > 1


def test_where_nothing_is_under_way(shell: Shell) -> None:
    shell.project.revision("b2", "def expand():\n    pass")
    before = shell.state()
    assert shell.succeed("phased", "backfill", "status").out == "No backfill is under way.\n"
    assert json.loads(shell.succeed("phased", "backfill", "status", "--json").out) == {
        "backfills": []
    }
    for arguments in (("pause",), ("resume",), ("tune", "--rate", "1")):
        done = shell.phased("backfill", *arguments)
        assert (done.code, done.out) == (2, "")
        assert done.err.startswith("error: no backfill is under way.\nNothing has been changed")
    assert "--rate 5000" in shell.phased("backfill", "tune").err
    assert shell.state() == before


@pytest.mark.parametrize(
    ("option", "value"),
    [("--rate", "-1"), ("--rate", "x"), ("--batch-duration", "5"), ("--workers", "0")],
)
def test_values_that_cannot_be(shell: Shell, option: str, value: str) -> None:
    done = shell.phased("backfill", "tune", f"{option}={value}")
    assert (done.code, done.out) == (2, "")
    assert f"argument {option}: " in done.err


@pytest.mark.usefixtures("files", "running")
def test_json_events(shell: Shell) -> None:
    """One object a line, for machines that watch an upgrade."""
    done = shell.succeed("phased", "upgrade", "head", "--json")
    events = [json.loads(line) for line in done.err.splitlines()]
    progress = [event["data"] for event in events if event["event"] == "progress"]
    assert progress[-1]["done"] == progress[-1]["total"] == ROWS
    assert {"table", "sweep", "rate", "left"} <= progress[-1].keys()
