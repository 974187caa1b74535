"""`phased backfill status | pause | resume | tune`: look at a backfill that runs, and steer it."""

from __future__ import annotations

from argparse import ArgumentTypeError
from typing import TYPE_CHECKING

from phased import control
from phased.backfills import status
from phased.errors.backfill import NoBackfill, NothingToTune
from phased.lock import holder
from phased.naming import relation
from phased.session import watched
from phased.settings import MOST_WORKERS, as_duration
from phased.verb import in_session, json_option, report, show

if TYPE_CHECKING:
    from argparse import ArgumentParser

    from alembic.config import Config

    from phased.control import UnderWay
    from phased.session import Session

DONE = {"pause": "paused", "resume": "resumed", "tune": "tuned"}
PAUSED = "the batch under way is finished first; to go on: phased backfill resume"
NOBODY = "nobody runs it; to go on with it: alembic upgrade head"


def backfill(  # noqa: PLR0913, PLR0917 # Alembic passes options by name
    config: Config,
    action: str = "status",
    revision: str | None = None,
    rate: int | None = None,
    batch_duration: str | None = None,
    workers: int | None = None,
    json: bool = False,  # noqa: FBT001, FBT002 # as above
) -> int:
    """Show the backfill that is under way, pause it, let it go on, or change how fast it goes."""
    tuned = {"rate": rate, "batch_ms": _milliseconds(batch_duration), "workers": workers}
    values = {name: value for name, value in tuned.items() if value is not None}
    if action == "tune" and not values:
        raise NothingToTune

    def act(session: Session) -> int:
        found = _found(session, revision)
        runner = holder(session.watch, _version_table(session))
        if action == "status":
            show(report(json=json).backfills([status(one, runner) for one in found]))
            return 0
        if not found:
            raise NoBackfill(which=f" in revision {revision}" if revision else "")
        for one in found:
            _steer(session, one, action, values)
        detail = PAUSED if action == "pause" and runner else "" if runner else NOBODY
        revisions = [one.row.revision for one in found]
        show(report(json=json).outcome(DONE[action], revisions, detail))
        return 0

    return in_session(config, act)


def arguments(parser: ArgumentParser) -> None:
    """The options of `phased backfill`."""
    choices = ["status", "pause", "resume", "tune"]
    parser.add_argument("action", nargs="?", default="status", choices=choices)
    parser.add_argument("--revision", help="Only of this revision; whichever there is by default.")
    parser.add_argument("--rate", type=_rows, help="tune: rows per second; 0 for any number.")
    parser.add_argument("--batch-duration", type=_duration, help="tune: of one batch, as 100ms.")
    parser.add_argument("--workers", type=_workers, help="tune: connections to work over.")
    json_option(parser)


def _found(session: Session, revision: str | None) -> list[UnderWay]:
    found = control.under_way(watched(session))
    return [one for one in found if revision is None or one.row.revision.startswith(revision)]


def _steer(session: Session, found: UnderWay, action: str, values: dict[str, int]) -> None:
    book = watched(session)
    if action == "pause":
        control.pause(book, found)
    elif action == "resume":
        control.resume(book, found)
    else:
        control.tune(book, found, **values)


def _version_table(session: Session) -> str:
    return relation(session.context.version_table, session.context.version_table_schema)


def _milliseconds(text: str | None) -> int | None:
    return None if text is None else round(as_duration(text).total_seconds() * 1000)


def _duration(text: str) -> str:
    """The text, if it is a duration."""
    try:
        as_duration(text)
    except ValueError as error:
        raise ArgumentTypeError(f"{text!r}: {error}") from None
    return text


def _rows(text: str) -> int:
    return _within(text, 0, 10**9)


def _workers(text: str) -> int:
    return _within(text, 1, MOST_WORKERS)


def _within(text: str, least: int, most: int) -> int:
    if not text.isdecimal() or not least <= int(text) <= most:
        raise ArgumentTypeError(f"{text!r} is not a number from {least} to {most:,}")
    return int(text)
