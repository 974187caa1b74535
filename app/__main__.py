"""Run this build of the application: ``python -m app``, until it is told to stop.

With ``--steer`` it reads commands, one a line: ``phase NAME``, ``report``, ``stop``; the end of
the input means ``stop`` too. Without, it runs until SIGTERM or SIGINT. A report is one line of
JSON, ``{"rows": […], "messages": {SQLSTATE: text}}``; the last one comes when it stops.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
from typing import TYPE_CHECKING

from app.db import engine
from app.models import Base
from app.settings import Settings
from app.traffic import Release

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TextIO

ENDINGS = {signal.SIGTERM, signal.SIGINT}


def main(arguments: Sequence[str] | None = None) -> None:
    """Parse the command line, run the release, print the last report."""
    options = parser().parse_args(arguments)
    release = Release(
        options.name,
        Base,
        engine(),
        workers=options.workers,
        seed=options.seed,
        rate=options.rate,
        weights=dict(options.weight),
    )
    release.phase = options.phase
    if not options.steer:
        block()  # before there are threads: they inherit it
    with release:
        tell({"ready": release.name})
        steer(release, sys.stdin) if options.steer else wait()
    report(release)


def parser() -> argparse.ArgumentParser:
    """The options of ``python -m app``."""
    found = argparse.ArgumentParser(prog="python -m app", description="Run this release.")
    found.add_argument("--name", default=Settings().release, help="what the release is called")
    found.add_argument("--phase", default="start", help="what the first numbers belong to")
    found.add_argument("--workers", type=int, default=4)
    found.add_argument("--rate", type=float, help="transactions a second (default: no limit)")
    found.add_argument("--seed", type=int, help="the same seed gives the same queries")
    found.add_argument(
        "--weight", type=weight, action="append", default=[], metavar="TABLE=N", help="hot tables"
    )
    found.add_argument("--steer", action="store_true", help="read commands from standard input")
    return found


def weight(text: str) -> tuple[str, int]:
    """``posts=5``: use the table five times as often as others."""
    table, _, number = text.partition("=")
    return table, int(number)


def steer(release: Release, commands: TextIO) -> None:
    """Obey commands until ``stop`` or the end."""
    for line in commands:
        match line.split():
            case ["phase", name]:
                release.phase = name
            case ["report"]:
                report(release)
            case ["stop"]:
                return


def block() -> None:
    """Keep the signals that end this process for ``wait``."""
    signal.pthread_sigmask(signal.SIG_BLOCK, ENDINGS)


def wait() -> None:
    """Until somebody asks for the end."""
    signal.sigwait(ENDINGS)


def report(release: Release) -> None:
    """Print the numbers so far."""
    tell({"rows": release.rows(), "messages": release.messages})


def tell(what: object) -> None:
    """One line of JSON."""
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
