"""`phased contract`: restrict and remove, once no release older than the revision is running."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phased import catalog, gate, lint, revisions
from phased.errors.running import NotExpanded
from phased.model import Event, Phase
from phased.plan import build, outline
from phased.rollout import finished, pending
from phased.runner import run_steps
from phased.session import outside_transaction, run_of, watched
from phased.waiting import waiting_contracts

if TYPE_CHECKING:
    from collections.abc import Collection

    from alembic.script import Script

    from phased.gate import Asked
    from phased.session import Session


def contract(
    session: Session,
    asked: Asked,
    revision: str | None = None,
    *,
    within: Collection[str] | None = None,
) -> list[str]:
    """Contract one revision, or every one whose contract waits, oldest first.

    Args:
        session: What the commands share.
        asked: On whose word: the user's, or an upgrade's.
        revision: Its id; None for all.
        within: Only what is among these; None for all.

    Returns:
        The revisions that were contracted.

    Raises:
        NotExpanded: Its expand or backfill is not done.
        JudgementError: A rule is broken.
        UnknownRevision: There is no such revision.
        DatabaseAhead: The database is at a revision that no file has.
    """
    revisions.refuse_ahead(session)
    scripts = waiting_contracts(session)
    if revision:
        scripts = _only(session, scripts, revision)
    chosen = [script for script in scripts if within is None or script.revision in within]
    return [script.revision for script in chosen if _contract(session, asked, script)]


def _only(session: Session, waiting: list[Script], revision: str) -> list[Script]:
    found = revisions.one(session.script, revision)
    row = watched(session).read().rollouts.get(found.revision)
    if row is None and found.revision not in revisions.applied(
        session.script, revisions.heads(session)
    ):
        raise NotExpanded(revision=found.revision, phase=Phase.EXPAND.word)
    for phase in (Phase.EXPAND, Phase.BACKFILL):
        if row is not None and not finished(row, phase):
            raise NotExpanded(revision=found.revision, phase=phase.word)
    return [script for script in waiting if script.revision == found.revision]


def _contract(session: Session, asked: Asked, script: Script) -> bool:
    facts = catalog.read(session.watch)
    plan, _ = build(script, facts)
    verdict = gate.decide(session.settings.contract, asked)
    if not verdict.open:
        session.notify(Event("pending", verdict.reason, plan.revision, Phase.CONTRACT))
        return False
    lint.refuse(lint.judge([outline(script, plan.phase(Phase.CONTRACT))], facts))
    session.notify(Event("run", plan.message, plan.revision))
    book = watched(session)
    book.justify(plan.revision, verdict.reason)
    todo = pending(plan, book.read(), [Phase.CONTRACT])
    with outside_transaction(session):
        run_steps(todo, run_of(session, plan, facts, f"phased contract {plan.revision}"))
    book.finish(plan.revision, Phase.CONTRACT)
    session.notify(Event("phase", "done", plan.revision, Phase.CONTRACT))
    return True
