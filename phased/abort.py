"""Take back an expand that has not been contracted: the old side is still there, whole."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from phased import catalog, revisions
from phased.errors.revisions import NoDowngrade
from phased.errors.running import CannotAbort
from phased.legacy import take_back
from phased.model import Event, Phase, Step, StepState
from phased.phases import is_legacy
from phased.plan import build, outline
from phased.rollout import finished
from phased.runner import run_steps
from phased.session import ABORTED, ledger, outside_transaction, run_of, watched
from phased.stand_in import install, own_downgrade
from phased.statements import parse

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from alembic.script import Script

    from phased.fact import Facts
    from phased.guard import Run
    from phased.ledger import Entries
    from phased.model import Plan
    from phased.session import Session

CONTRACTED = "it has been contracted, and what it removed is gone."
OLD_STYLE = "it is an old-style revision, and has no expand that could be taken back by itself."
ROLL_FORWARD = (
    'Write a new revision that brings back what you need:\n\n    alembic revision -m "..."'
)


def abort(session: Session, revision: str) -> str:
    """Take back a revision that did not get as far as `alembic_version`.

    Returns:
        Its id; empty when there is nothing of it.

    Raises:
        CannotAbort: It has been contracted, or a step has nothing that takes it back.
        UnknownRevision: There is no such revision.
    """
    script = revisions.one(session.script, revision)
    if script.revision not in watched(session).read().rollouts:
        return ""
    facts = catalog.read(session.watch)
    plan, _ = build(script, facts)
    with outside_transaction(session):
        _undo(session, plan, facts)
        ledger(session).forget([plan.revision])
    return plan.revision


def refuse_abort(session: Session, revision: str) -> None:
    """Refuse to take back what later revisions build on, or what is contracted.

    Raises:
        CannotAbort: One of these.
        UnknownRevision: There is no such revision.
    """
    revisions.refuse_ahead(session)
    script = revisions.one(session.script, revision)
    if is_legacy(script.module):
        advice = f"Its own downgrade() undoes it:\n\n    alembic downgrade {before(script)}"
        raise CannotAbort(revision=script.revision, reason=OLD_STYLE, advice=advice)
    if contracted(session, script):
        raise CannotAbort(revision=script.revision, reason=CONTRACTED, advice=ROLL_FORWARD)
    applied = revisions.applied(session.script, revisions.heads(session))
    above = [one for one in applied if script.revision in _below(session, one)]
    if above:
        advice = f"Abort that one first:\n\n    phased abort {above[-1]}"
        reason = f"revision {above[-1]} builds on it and is applied."
        raise CannotAbort(revision=script.revision, reason=reason, advice=advice)


def contracted(session: Session, script: Script) -> bool:
    """Whether the contract of a revision is done, or the ledger knows nothing of it."""
    row = watched(session).read().rollouts.get(script.revision)
    applied = script.revision in revisions.applied(session.script, revisions.heads(session))
    return finished(row, Phase.CONTRACT) if row else applied


def prepare_downgrade(session: Session, scripts: Sequence[Script]) -> None:
    """Put our functions where Alembic will call them: abort, or the file's own `downgrade()`.

    Raises:
        CannotAbort: A step that has run has nothing that takes it back.
        NoDowngrade: A file has none, and needs it.
    """
    aborted = session.config.attributes.get(ABORTED)
    if aborted:
        refuse_abort(session, aborted)  # again: now nobody else is at work
    facts = catalog.read(session.watch) if scripts else None
    for script in scripts:
        if facts is not None:
            install(script, _downgrade(session, script, facts), "downgrade")


def _downgrade(session: Session, script: Script, facts: Facts) -> Callable[..., None]:
    if is_legacy(script.module) or contracted(session, script):
        plan, own = outline(script), own_downgrade(script)
        if own is None:
            raise NoDowngrade(path=script.path)

        def backwards() -> None:
            take_back(session, plan, own)
    else:
        plan, _ = build(script, facts)
        _undo_steps(session, plan)  # refuses before the first statement

        def backwards() -> None:
            with session.context.autocommit_block():
                _undo(session, plan, facts)

    def downgrade(**_: object) -> None:
        session.notify(Event("run", plan.message, plan.revision))
        backwards()
        book = ledger(session)
        if book.exists():
            book.forget([plan.revision])

    return downgrade


def _undo(session: Session, plan: Plan, facts: Facts) -> None:
    run: Run = replace(run_of(session, plan, facts, f"phased abort {plan.revision}"), undoing=True)
    run_steps(_undo_steps(session, plan), run)


def _undo_steps(session: Session, plan: Plan) -> list[Step]:
    """The steps that have run, turned round; one outside a transaction may have left something."""
    entries = watched(session).read()
    found = [step for step in plan.steps if _left_something(entries, plan, step)]
    return [part for step in reversed(found) for part in _turned(plan, step)]


def _left_something(entries: Entries, plan: Plan, step: Step) -> bool:
    """One that was refused before its statement was sent has no cursor, and has left nothing."""
    row = entries.steps.get((plan.revision, step.phase, step.position))
    if row is None or row.state is StepState.DONE:
        return row is not None
    return not step.transactional and bool(row.cursor)


def _turned(plan: Plan, step: Step) -> list[Step]:
    if step.undo is None or any(statement.destroys for statement in step.statements):
        where = f"{step.phase.word} step {step.position + 1}"
        sql = step.statements[0].sql.splitlines()[0]
        raise CannotAbort(
            revision=plan.revision,
            reason=f"nothing is known to take back {where}: {sql}",
            advice=ROLL_FORWARD,
        )
    statements = [statement for sql in step.undo for statement in parse(sql)]
    return [Step(step.phase, step.position, tuple(statements))] if statements else []


def before(script: Script) -> str:
    """What a revision follows: the first of several, `base` where there is none."""
    down = script._versioned_down_revisions  # noqa: SLF001 # the public one is a str, tuple or None
    return str(down[0]) if down else "base"


def _below(session: Session, revision: str) -> set[str]:
    found = revisions.one(session.script, revision)
    return set(revisions.applied(session.script, [found.revision])) - {found.revision}
