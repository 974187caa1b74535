"""`alembic upgrade`: all pending revisions checked first, then each run inside Alembic's own loop.

Alembic decides which revisions run and writes the version row; the functions it calls are ours.
The last step of a revision, when it is a transaction, shares the transaction of the version row: a
revision that is only metadata is applied with its version or not at all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from phased import catalog, lint, preflight, revisions
from phased.histories import plans_of
from phased.legacy import run_legacy
from phased.model import Event, Phase
from phased.phases import is_legacy
from phased.plan import build, outline
from phased.rollout import pending
from phased.runner import run_steps
from phased.session import driver, ledger, run_of, watched
from phased.stand_in import install
from phased.waiting import waiting_contracts

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from alembic.script import Script

    from phased.fact import Facts
    from phased.model import Plan, Step
    from phased.session import Session

EMPTY_DATABASE = "empty database"
AGAIN = "alembic upgrade head"


def prepare(session: Session, scripts: Sequence[Script]) -> None:
    """Check every pending revision, then put our functions where Alembic will call them.

    Raises:
        JudgementError: A rule is broken.
        RevisionError: A file cannot be used as it is.
        RunError: The rows that are there cannot be kept in step as a revision wants.
    """
    if not scripts:
        return
    facts = catalog.read(session.watch)
    fresh = is_fresh(session, [script.revision for script in scripts])
    plans, _ = plans_of(scripts, facts)
    findings = lint.judge(plans_to_judge(session, plans, facts), facts, fresh=fresh)
    lint.refuse(findings)
    for each in lint.told(findings):
        session.notify(Event("notice", each.message, each.revision, each.phase))
    preflight.check(session.watch, scripts, plans, facts, session.notify)
    if fresh:
        _note_fresh(session, plans)
    for script, plan in zip(scripts, plans, strict=True):
        install(script, _migration(session, script, plan, facts, fresh=fresh))


def plans_to_judge(session: Session, plans: Sequence[Plan], facts: Facts) -> list[Plan]:
    """The plans about to run, after the contracts that earlier revisions still have before them."""
    grandfathered = revisions.up_to(session.script, session.settings.start_after)
    waiting = [
        outline(script, build(script, facts)[0].phase(Phase.CONTRACT))
        for script in waiting_contracts(session)
    ]
    return waiting + [plan for plan in plans if plan.revision not in grandfathered]


def phases_now(session: Session, revision: str) -> tuple[Phase, ...]:
    """What an upgrade runs of a revision: on an empty database nobody is there to wait for."""
    row = watched(session).read(revision).rollouts.get(revision)
    if row is not None and row.justification == EMPTY_DATABASE:
        return tuple(Phase)
    return Phase.EXPAND, Phase.BACKFILL


def is_fresh(session: Session, pending: Sequence[str]) -> bool:
    """Whether nothing was there when these revisions were begun: no release can be running."""
    if not revisions.heads(session) and catalog.is_empty(session.watch):
        return True
    rows = watched(session).read().rollouts
    began = [rows[one].justification for one in pending if one in rows]
    return bool(pending) and began == [EMPTY_DATABASE] * len(pending)


def _note_fresh(session: Session, plans: Sequence[Plan]) -> None:
    book = watched(session)
    with session.watch.transaction():
        book.create()
        for plan in plans:
            book.begin(plan, EMPTY_DATABASE)


def _migration(
    session: Session, script: Script, plan: Plan, facts: Facts, *, fresh: bool
) -> Callable[..., None]:
    legacy = script.module.upgrade if is_legacy(script.module) else None

    def upgrade(**_: object) -> None:
        if legacy is not None:
            run_legacy(session, plan, legacy, facts, fresh=fresh)
        else:
            apply(session, plan, facts)

    return upgrade


def apply(session: Session, plan: Plan, facts: Facts) -> None:
    """Run what an upgrade runs of one revision, inside Alembic's transaction for it."""
    phases = phases_now(session, plan.revision)
    before, last = apart(pending(plan, watched(session).read(plan.revision), phases))
    run = run_of(session, plan, facts, AGAIN)
    session.notify(Event("run", plan.message, plan.revision))
    with session.context.autocommit_block():
        _start(session, plan)
        run_steps(before, run)
    run_steps([last] if last else [], run)
    for phase in phases:
        ledger(session).finish(plan.revision, phase)


def apart(steps: Sequence[Step]) -> tuple[list[Step], Step | None]:
    """The steps before the last, and the last if it can share the version row's transaction."""
    if steps and steps[-1].transactional:
        return list(steps[:-1]), steps[-1]
    return list(steps), None


def _start(session: Session, plan: Plan) -> None:
    book = ledger(session)
    with driver(session).transaction():
        book.create()
        book.begin(plan)
