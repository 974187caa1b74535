"""Old-style revisions: `upgrade()` runs in Alembic's transaction, every statement in its turn.

What `upgrade()` does may depend on rows it reads, so it is run and not planned. Where it cannot
have its locks all of it is rolled back, waited for with nothing held, and run again.
"""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING

import psycopg
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError

from phased import catalog, revisions
from phased.errors.running import (
    HeldTooLong,
    LockBudgetSpent,
    NameTaken,
    OldStyleFailed,
    OldStyleHeldTooLong,
    OldStyleNameTaken,
    OldStyleNotLocked,
    OldStyleStuck,
    RunError,
)
from phased.guard import tell
from phased.guards import blockers, retry
from phased.guards import session as settings
from phased.intercept import intercepted, numbered
from phased.model import Phase, Step
from phased.plan import nothing_new
from phased.session import driver, ledger, run_of
from phased.turn import BUSY, Heard, committed, state, turn

if TYPE_CHECKING:
    from collections.abc import Callable

    from phased.fact import Facts
    from phased.guard import Run
    from phased.model import Plan
    from phased.session import Session

OLD_STYLE = "upgrade() of an old-style revision"
AGAIN = "alembic upgrade head"
_ALL = Step(Phase.EXPAND, 0, ())
_WORDED: dict[type[RunError], type[RunError]] = {
    LockBudgetSpent: OldStyleNotLocked,
    HeldTooLong: OldStyleHeldTooLong,
    NameTaken: OldStyleNameTaken,
}


def run_legacy(
    session: Session, plan: Plan, function: Callable[[], None], facts: Facts, *, fresh: bool
) -> None:
    """Run one old-style revision inside Alembic's transaction for it.

    Args:
        session: What the commands share.
        plan: Of the revision; its steps may be unknown.
        function: Its `upgrade()`.
        facts: The database before the command, where that was empty.
        fresh: It was.

    Raises:
        JudgementError: A statement breaks a rule.
        RunError: Its locks were not to be had, or PostgreSQL refused a statement.
    """
    exempt = plan.revision in revisions.up_to(session.script, session.settings.start_after)
    before = nothing_new(facts if fresh else catalog.read(session.watch))
    run = run_of(session, plan, before, AGAIN)
    tell(run, "run", plan.message)
    path = session.script.get_revision(plan.revision).path
    _until_locked(
        session, function, run, lambda: Heard("upgrade()", path, before, exempt=exempt, fresh=fresh)
    )
    book = ledger(session)
    book.create()
    book.adopt(plan.revision, plan.checksum, OLD_STYLE)


def take_back(session: Session, plan: Plan, function: Callable[[], None]) -> None:
    """Run the file's own `downgrade()` under the same locks, without judging it.

    Raises:
        RunError: Its locks were not to be had, or PostgreSQL refused a statement.
    """
    before = nothing_new(catalog.read(session.watch))
    run = run_of(session, plan, before, f"alembic downgrade {(plan.down or ('base',))[0]}")
    path = session.script.get_revision(plan.revision).path
    _until_locked(session, function, run, lambda: Heard("downgrade()", path, before, exempt=True))


def _until_locked(
    session: Session, function: Callable[[], None], run: Run, begin: Callable[[], Heard]
) -> None:
    """Run the function again and again until it has its locks.

    Committing and rolling back at the driver leaves Alembic's transaction as it is: the next
    statement opens it. All that Alembic has done in it so far is to create the version table.
    """
    began, heard = time.monotonic(), begin()
    driver(session).commit()
    tell(run, "step", heard.function)
    _once(session, function, heard, run)
    while heard.stopped is not None:
        driver(session).rollback()
        _step_back(heard.stopped, heard, run)
        heard = begin()
        _once(session, function, heard, run)
    took, attempts = time.monotonic() - began, run.attempts + 1
    tell(run, "done", heard.function, duration=took, waited=run.waited, attempts=attempts)


def _once(session: Session, function: Callable[[], None], heard: Heard, run: Run) -> None:
    connection = session.connection

    def inside() -> None:
        driver(session).rollback()  # the settings were read in it
        with intercepted(connection, partial(turn, heard=heard, run=run)):
            function()

    def commit(_: object) -> None:
        committed(heard)

    event.listen(connection, "commit", commit)
    try:
        settings.guard(inside, _ALL, run)
    except (DBAPIError, psycopg.Error) as error:
        if heard.stopped is None:
            raise _explained(error, heard, run) from error
    except Exception:
        if heard.stopped is None:
            raise
    finally:
        event.remove(connection, "commit", commit)


def _step_back(error: Exception, heard: Heard, run: Run) -> None:
    """With nothing held, stay away for a while and then until nobody is in the way."""
    step = heard.stuck or _ALL
    if not isinstance(error, BUSY):
        raise _worded(error, heard, run)
    if heard.kept:
        raise _stuck(error, step, heard, run)
    try:
        _wait(error, step, run)
    except LockBudgetSpent as over:
        raise _worded(over, heard, run) from error


def _wait(error: psycopg.Error, step: Step, run: Run) -> None:
    """Count the attempt that has failed, then look until nobody is in the way."""
    failed = [error]

    def look() -> None:
        if failed:
            raise failed.pop()
        blockers.guard(lambda: None, step, run)

    retry.guard(look, step, run)
    run.attempts -= 1  # to look is no attempt


def _worded(error: Exception, heard: Heard, run: Run) -> Exception:
    """An error of a step in the words of a file that has none."""
    for kind, ours in _WORDED.items():
        if type(error) is kind:
            worded = ours(**error.facts, **_place(heard, run))
            worded.__cause__ = error.__cause__
            return worded
    return error


def _stuck(error: psycopg.Error, step: Step, heard: Heard, run: Run) -> OldStyleStuck:
    facts = {"revision": run.plan.revision, "command": run.command, **_place(heard, run)}
    sql = ";\n    ".join(statement.sql for statement in step.statements)
    return OldStyleStuck(reason=_first_line(error), sql=sql, **facts)


def _explained(error: DBAPIError | psycopg.Error, heard: Heard, run: Run) -> OldStyleFailed:
    facts = {"revision": run.plan.revision, "command": run.command, **_place(heard, run)}
    orig, sent = (error.orig, error.statement) if isinstance(error, DBAPIError) else (error, None)
    sql = numbered(sent or "").strip().replace("\n", "\n    ")
    return OldStyleFailed(reason=_reason(orig), sql=sql, **facts)


def _reason(error: BaseException | None) -> str:
    if not isinstance(error, psycopg.Error):
        return str(error)
    parts = (_first_line(error), error.diag.message_detail, error.diag.message_hint)
    return "\n    ".join(part for part in parts if part)


def _place(heard: Heard, run: Run) -> dict[str, object]:
    where = f"{run.plan.path}:{heard.line}" if heard.line else run.plan.path
    return {"where": where, "function": heard.function, "state": state(heard)}


def _first_line(error: psycopg.Error) -> str:
    return error.diag.message_primary or str(error).strip().splitlines()[0]
