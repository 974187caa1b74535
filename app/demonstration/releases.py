"""A release as a process of its own, steered over its standard input."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, TypedDict

from app.demonstration.checkouts import environment

if TYPE_CHECKING:
    from app.demonstration.checkouts import Checkout
    from app.workload.measurements import Row

WORKERS = 4
RATE = 160  # transactions a second: busy, and far from what the machine can do
HOT = "posts=8"


class Report(TypedDict):
    """What a release says of itself: rows, and the first message of each SQLSTATE."""

    rows: list[Row]
    messages: dict[str, str]


class ReleaseDied(RuntimeError):
    """A release ended before it was told to; its own output says why."""


@dataclass(frozen=True, slots=True)
class Running:
    """A release that is serving."""

    name: str
    process: subprocess.Popen[str]
    commands: IO[str]
    answers: IO[str]


def start(name: str, checkout: Checkout, seed: int, phase: str) -> Running:
    """Start ``python -m app`` in a checkout; return when it serves.

    Raises:
        ReleaseDied: It could not start.
    """
    words: list[object] = ["--name", name, "--phase", phase, "--seed", seed]
    words += ["--workers", WORKERS, "--rate", RATE, "--weight", HOT]
    process = subprocess.Popen(  # noqa: S603 # our own module
        [sys.executable, "-m", "app", "--steer", *map(str, words)],
        cwd=checkout.folder,
        env=environment(checkout) | {"APP_RELEASE": name},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,  # Ctrl-C is for the demo, which then tells its releases to stop
    )
    assert process.stdin is not None  # noqa: S101 # narrows for mypy: it is a pipe
    assert process.stdout is not None  # noqa: S101 # narrows for mypy: it is a pipe
    running = Running(name, process, process.stdin, process.stdout)
    try:
        _answer(running)
    except ReleaseDied:
        kill(running)
        raise
    return running


def enter(running: Running, phase: str) -> None:
    """What is measured from now on belongs to this phase."""
    _tell(running, f"phase {phase}")


def stop(running: Running) -> Report:
    """Let it finish what it is doing, and take its report."""
    _tell(running, "stop")
    report: Report = json.loads(_answer(running))
    running.process.wait(timeout=30)
    return report


def kill(running: Running) -> None:
    """Make sure that it is gone; nothing happens to one that has stopped."""
    running.process.kill()
    running.process.wait()
    running.answers.close()
    with suppress(BrokenPipeError):
        running.commands.close()


def _tell(running: Running, what: str) -> None:
    try:
        running.commands.write(what + "\n")
        running.commands.flush()
    except BrokenPipeError:
        raise ReleaseDied(running.name) from None


def _answer(running: Running) -> str:
    line = running.answers.readline()
    if not line:
        raise ReleaseDied(running.name)
    return line
