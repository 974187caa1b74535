"""Old-style revisions: `upgrade()` runs in Alembic's transaction, every statement judged first.

What `upgrade()` does may depend on rows it reads, so it is run and not planned: each statement is
looked at before it is sent, refused if a rule says so, and takes its table locks with the same
short `lock_timeout` as a step. A lock that is not to be had rolls all of it back.
"""

from __future__ import annotations

import re
import time
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import psycopg
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError

from phased import lint, revisions
from phased.errors.revisions import SqlSyntax
from phased.errors.running import StepFailed
from phased.guard import pause_after, spent, tell
from phased.guards import blockers, locks, timeouts
from phased.model import Facts, Lock, Phase, Step
from phased.record import line_in
from phased.rule import Context
from phased.session import ledger, run_of
from phased.statements import evolve, parse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from phased.guard import Run
    from phased.model import Plan, Statement
    from phased.session import Session

OLD_STYLE = "upgrade() of an old-style revision"
AGAIN = "alembic upgrade head"
ROLLED_BACK = "All of this revision has been rolled back."
_PARAMETER = re.compile(r"%\(\w+\)s")


@dataclass(slots=True)
class Heard:
    """What the transaction under way has done so far.

    Attributes:
        now: The database after the statements so far.
        statements: Those that hold a lock.
    """

    now: Facts
    statements: list[Statement] = field(default_factory=list)


def run_legacy(
    session: Session, plan: Plan, function: Callable[[], None], facts: Facts, *, fresh: bool
) -> None:
    """Run one old-style revision inside Alembic's transaction for it.

    Raises:
        JudgementError: A statement breaks a rule; all of the revision is rolled back.
        LockBudgetSpent: Its locks were not to be had in time.
        StepFailed: PostgreSQL refused a statement.
    """
    run = run_of(session, plan, facts, AGAIN)
    tell(run, "run", plan.message)
    exempt = plan.revision in revisions.up_to(session.script, session.settings.start_after)
    _until_locked(session, function, run, fresh=fresh, exempt=exempt)
    book = ledger(session)
    book.create()
    book.adopt(plan.revision, plan.checksum, OLD_STYLE)


def _until_locked(
    session: Session, function: Callable[[], None], run: Run, *, fresh: bool, exempt: bool
) -> None:
    step, path = Step(Phase.EXPAND, 0, ()), function.__code__.co_filename
    listening = partial(_listening, session, run, fresh=fresh, exempt=exempt)
    deadline = time.monotonic() + run.settings.lock_budget.total_seconds()
    while True:
        run.attempts += 1
        try:
            with _savepoint(session, run.plan), listening(path):
                return function()
        except DBAPIError as error:
            _give_up_unless_lock(error, step, run)
        if time.monotonic() > deadline:
            raise spent(step, run)
        tell(run, "attempt", f"no lock (attempt {run.attempts}); stepping back", step)
        time.sleep(pause_after(run.attempts, run.settings.max_stall.total_seconds()))


def _savepoint(session: Session, plan: Plan) -> Any:
    """A savepoint to go back to; `autocommit_block()` commits what is around it, so not there."""
    return nullcontext() if "autocommit_block" in plan.source else session.connection.begin_nested()


def _give_up_unless_lock(error: DBAPIError, step: Step, run: Run) -> None:
    busy = (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected)
    retries = "autocommit_block" not in run.plan.source
    if isinstance(error.orig, busy) and retries:
        return
    reason = str(error.orig).strip().splitlines()[0]
    raise StepFailed(
        revision=run.plan.revision,
        phase="upgrade()",
        position=step.position + 1,
        reason=reason,
        sql=(error.statement or "").replace("\n", "\n    "),
        kept="nothing of this revision is kept",
        command=run.command,
    ) from error


@contextmanager
def _listening(
    session: Session, run: Run, path: str, *, fresh: bool, exempt: bool
) -> Iterator[None]:
    heard = Heard(run.facts)

    def before(_: object, __: object, sql: str, parameters: object, *___: object) -> None:
        for statement in _priced(sql, heard.now, parametrised=bool(parameters)):
            found = replace(statement, line=line_in(path))
            _consider(found, heard, run, fresh=fresh, exempt=exempt)
            heard.now = evolve(heard.now, statement)

    event.listen(session.connection, "before_cursor_execute", before)
    try:
        yield
    finally:
        event.remove(session.connection, "before_cursor_execute", before)


def plain(sql: str, *, parametrised: bool) -> str:
    """The statement with NULL for its parameters, as PostgreSQL's parser reads it."""
    return _PARAMETER.sub("NULL", sql).replace("%%", "%") if parametrised else sql


def _priced(sql: str, facts: Facts, *, parametrised: bool) -> list[Statement]:
    try:
        return parse(plain(sql, parametrised=parametrised), facts=facts)
    except SqlSyntax:
        return []  # PostgreSQL will say what is wrong with it


def _consider(statement: Statement, heard: Heard, run: Run, *, fresh: bool, exempt: bool) -> None:
    """Judge a statement that is about to run, and take its locks."""
    if not exempt:
        context = _context(statement, heard, run, fresh=fresh)
        lint.refuse(lint.judge_statement(context), ROLLED_BACK)
    if not (statement.transactional and _locks_something(statement)):
        return
    heard.statements.append(statement)
    step = Step(Phase.EXPAND, 0, (statement,))
    tell(run, "statement", statement.sql, step)
    if not run.connection.autocommit:
        blockers.guard(lambda: _lock(step, run), step, run)


def _context(statement: Statement, heard: Heard, run: Run, *, fresh: bool) -> Context:
    return Context(
        plan=run.plan,
        step=Step(Phase.EXPAND, 0, (statement,)),
        statement=statement,
        facts=heard.now,
        before=tuple(heard.statements),
        autocommit=run.connection.autocommit,
        fresh=fresh,
    )


def _locks_something(statement: Statement) -> bool:
    return any(lock.strength > Lock.ROW_EXCLUSIVE.strength for lock in statement.locks.values())


def _lock(step: Step, run: Run) -> None:
    timeouts.guard(lambda: locks.guard(lambda: None, step, run), step, run)


def take_back(session: Session, plan: Plan, function: Callable[[], None], facts: Facts) -> None:
    """Run the file's own `downgrade()` under the same locks, without judging it.

    Raises:
        LockBudgetSpent: Its locks were not to be had in time.
        StepFailed: PostgreSQL refused a statement.
    """
    run = run_of(session, plan, facts, f"alembic downgrade {(plan.down or ('base',))[0]}")
    _until_locked(session, function, run, fresh=False, exempt=True)
