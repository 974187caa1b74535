"""One statement of an old-style revision, about to be sent: judged, kept from stalling, noted.

A statement that begins a transaction, or is one, is tried until it has its locks. In the middle of
a transaction nobody is waited for: others would wait for what it holds already. There `stuck` says
what was missing, and all of the revision has to begin again.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

from psycopg.errors import DeadlockDetected, LockNotAvailable
from psycopg.pq import TransactionStatus

from phased import lint
from phased.blocking import conflicting, describe, holders
from phased.errors.judgement import JudgementError
from phased.errors.revisions import SqlSyntax
from phased.errors.running import RunError
from phased.guard import tell
from phased.guards import blockers, concurrently, locks, retry, timeouts
from phased.model import Lock, Phase, Step
from phased.record import line_in
from phased.rule import Context
from phased.statements import parse

if TYPE_CHECKING:
    from collections.abc import Callable

    from phased.fact import Facts
    from phased.guard import Run
    from phased.model import Statement

    Send = Callable[[], None]

BUSY = (LockNotAvailable, DeadlockDetected)
STOPS = (*BUSY, RunError, JudgementError)
_ROWS = {"SELECT", "INSERT", "UPDATE", "DELETE", "MERGE"}
_SAVEPOINTS = {"SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO SAVEPOINT"}
_CONTROL = {*_SAVEPOINTS, "BEGIN", "START TRANSACTION", "COMMIT", "ROLLBACK"}
_READS = {*_CONTROL, "SELECT", "SHOW", "EXPLAIN", "SET", "RESET"}


@dataclass(slots=True)
class Heard:
    """One run of `upgrade()` or `downgrade()` as far as it has come.

    Attributes:
        function: Its name, as messages have it.
        path: Of the revision file.
        facts: The database as the statements so far leave it.
        exempt: No rule judges it.
        fresh: The database was empty, so nobody can be in the way.
        held: What the transaction under way has done to the schema.
        line: Where the file stands.
        changed: The last line that changed something in the transaction under way; 0 for none.
        kept: The line up to which all is committed; 0 for nothing.
        usual: The transaction has the timeouts of a statement that nobody waits for.
        passed: Row by row, the same statement comes again and again: its price, by text and line,
            where the rules have let it pass as things are.
        stopped: What ends the run, whatever the file makes of it.
        stuck: The step that could not have its locks.
    """

    function: str
    path: str
    facts: Facts
    exempt: bool = False
    fresh: bool = False
    held: list[Statement] = field(default_factory=list)
    line: int = 0
    changed: int = 0
    kept: int = 0
    usual: bool = False
    passed: dict[tuple[str, int], Step] = field(default_factory=dict)
    stopped: Exception | None = None
    stuck: Step | None = None


def turn(sql: str, send: Send, heard: Heard, run: Run) -> None:
    """Send a statement, if it may be sent.

    Raises:
        JudgementError: It breaks a rule.
        LockBudgetSpent: Its locks were not to be had in time.
        HeldTooLong: It kept a lock for longer than it may.
        NameTaken: The name of an index that it builds is taken.
        Error: PostgreSQL's; `LockNotAvailable` also where it was not sent.
    """
    heard.line = line_in(heard.path) or heard.line
    begins, known = _begins(heard, run), heard.passed.get((sql, heard.line))
    step = known or Step(Phase.EXPAND, 0, _priced(sql, heard))
    kinds = {statement.kind for statement in step.statements}
    if heard.stopped and not (kinds and kinds <= _SAVEPOINTS):
        raise heard.stopped
    try:
        if known is None:
            _judge(step, heard, run)
        if kinds & _CONTROL:
            send()  # nothing of ours before it: the transaction may have failed
        else:
            _send(send, step, heard, run, begins=begins)
    except STOPS as error:
        heard.stopped, heard.stuck = error, step
        raise
    _note(step, heard, run)
    if kinds <= _ROWS:
        heard.passed[sql, heard.line] = step


def committed(heard: Heard) -> None:
    """The transaction under way has been committed."""
    heard.kept = max(heard.kept, heard.changed)
    heard.changed = 0


def state(heard: Heard) -> str:
    """What has become of the revision that is stopped, in a sentence or two."""
    if not heard.kept:
        return "All of this revision has been rolled back."
    return (
        f"What {heard.function} did up to line {heard.kept} of the file has been committed and "
        "stays; the rest has been rolled back. Let the file pass over what is there already "
        "before you run it again."
    )


def _begins(heard: Heard, run: Run) -> bool:
    """Whether no transaction is open; with one gone, so is what it held."""
    if not _is_idle(run):
        return False
    heard.held, heard.usual = [], False
    heard.passed.clear()
    return True


def _is_idle(run: Run) -> bool:
    return run.connection.info.transaction_status == TransactionStatus.IDLE


def _priced(sql: str, heard: Heard) -> tuple[Statement, ...]:
    try:
        found = parse(sql, facts=heard.facts)
    except SqlSyntax:
        return ()  # PostgreSQL will say what is wrong with it
    return tuple(replace(statement, line=heard.line) for statement in found)


def _judge(step: Step, heard: Heard, run: Run) -> None:
    if heard.exempt:
        return
    facts, before = heard.facts, list(heard.held)
    for statement in step.statements:
        context = Context(
            plan=run.plan,
            step=step,
            statement=statement,
            facts=facts,
            before=tuple(before),
            autocommit=run.connection.autocommit and len(step.statements) == 1,
            fresh=heard.fresh,
        )
        lint.refuse(lint.judge_statement(context), state(heard))
        facts = lint.after(facts, statement)
        before.append(statement)


def _send(send: Send, step: Step, heard: Heard, run: Run, *, begins: bool) -> None:
    for statement in step.statements:
        if statement.kind not in _ROWS:
            tell(run, "statement", statement.sql, step, line=heard.line)
    if begins:
        mine = replace(run, attempts=0, waited=0.0, blockers=[])
        retry.guard(partial(_outside_queue, send, step, heard, mine), step, mine)
    else:
        _refuse_to_wait(step, heard, run)
        _guarded(send, step, heard, run)


def _refuse_to_wait(step: Step, heard: Heard, run: Run) -> None:
    if _contended(step, heard):
        run.blockers = holders(run, conflicting(step), run.settings.max_stall.total_seconds())
        if run.blockers:
            raise LockNotAvailable(f"it is held by {describe(run.blockers[0])}")


def _outside_queue(send: Send, step: Step, heard: Heard, run: Run) -> None:
    """With nothing held, whoever is in the way is waited for outside the queue."""
    try:
        if _contended(step, heard):
            blockers.guard(partial(_guarded, send, step, heard, run), step, run)
        else:
            _guarded(send, step, heard, run)
    except BUSY:
        if not run.connection.autocommit:
            run.connection.rollback()
            heard.usual = False
        raise


def _guarded(send: Send, step: Step, heard: Heard, run: Run) -> None:
    contended, alone = _contended(step, heard), run.connection.autocommit
    if contended and not alone:
        send = partial(locks.guard, send, step, run)
    if alone and not step.transactional:
        send = partial(concurrently.protect, send, step, run)
    if heard.usual and not contended:
        send()
    else:
        timeouts.guard(send, step, run)
        heard.usual = not (contended or alone)


def _contended(step: Step, heard: Heard) -> bool:
    """Whether a table that others may be using is to be locked against more than DDL of theirs."""
    return not heard.fresh and any(
        lock.strength > Lock.ROW_EXCLUSIVE.strength and name not in heard.facts.created
        for statement in step.statements
        for name, lock in statement.locks.items()
    )


def _note(step: Step, heard: Heard, run: Run) -> None:
    for statement in step.statements:
        _note_statement(statement, heard)
    if run.connection.autocommit or _is_idle(run):  # COMMIT as a text goes by no other way
        committed(heard)


def _note_statement(statement: Statement, heard: Heard) -> None:
    if statement.kind not in _READS or _writes(statement):
        heard.changed = heard.line
    if statement.kind not in _ROWS | _CONTROL or statement.creates:
        heard.facts = lint.after(heard.facts, statement)
        heard.held.append(statement)
        heard.passed.clear()
    if not statement.locks:
        heard.usual = False  # SET, set_config() or ROLLBACK TO may have changed the timeouts


def _writes(statement: Statement) -> bool:
    locks = statement.locks.values()
    return any(lock.strength >= Lock.ROW_EXCLUSIVE.strength for lock in locks)
