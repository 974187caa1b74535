"""What `phased status` shows: files, ledger and version table put side by side. Reads only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phased import revisions
from phased.model import Facts, Phase, PhaseStatus, RevisionStatus, StepState
from phased.phases import is_legacy
from phased.plan import build
from phased.rollout import finished, is_done
from phased.session import watched

if TYPE_CHECKING:
    from alembic.script import Script

    from phased.ledger import Entries, RolloutRow
    from phased.model import Plan
    from phased.session import Session


def overview(session: Session) -> list[RevisionStatus]:
    """Every revision, oldest first; those that only the database knows come last."""
    heads, entries = revisions.heads(session), watched(session).read()
    applied = set(revisions.applied(session.script, heads))
    scripts = revisions.every(session.script)
    known = {script.revision for script in scripts}
    gone = sorted((set(entries.rollouts) | set(heads)) - known)
    rows = [_row(script, entries, applied, heads) for script in scripts]
    return rows + [RevisionStatus(one, missing=True, is_current=one in heads) for one in gone]


def _row(
    script: Script, entries: Entries, applied: set[str], heads: tuple[str, ...]
) -> RevisionStatus:
    legacy = is_legacy(script.module)
    return RevisionStatus(
        revision=script.revision,
        message=script.doc,
        path=script.path,
        down_revisions=tuple(script._versioned_down_revisions),  # noqa: SLF001 # the public one is a str, tuple or None
        phases=_phases(script, entries, applied=script.revision in applied, legacy=legacy),
        is_current=script.revision in heads,
        is_head=script.is_head,
        legacy=legacy,
    )


def _phases(
    script: Script, entries: Entries, *, applied: bool, legacy: bool
) -> dict[Phase, PhaseStatus]:
    row = entries.rollouts.get(script.revision)
    if row is None or legacy:
        state = StepState.DONE if applied else StepState.PENDING
        chosen = (Phase.EXPAND,) if legacy else tuple(Phase)
        moment = row.expanded_at if row else None
        by = row.applied_by if row else ""
        return {phase: PhaseStatus(state, moment, by) for phase in chosen}
    plan, _ = build(script, Facts())
    return {phase: _phase(plan, phase, row, entries) for phase in Phase}


def _phase(plan: Plan, phase: Phase, row: RolloutRow, entries: Entries) -> PhaseStatus:
    steps = plan.phase(phase)
    done = sum(is_done(entries, plan.revision, step) for step in steps)
    found = [entries.steps.get((plan.revision, phase, step.position)) for step in steps]
    error = next((one.error for one in found if one and one.error), "") or ""
    moments = {
        Phase.EXPAND: row.expanded_at,
        Phase.BACKFILL: row.backfilled_at,
        Phase.CONTRACT: row.contracted_at,
    }
    state = _state(
        [one.state for one in found if one], finished=finished(row, phase), begun=done > 0
    )
    return PhaseStatus(state, moments[phase], row.applied_by, done, len(steps), error)


def _state(states: list[StepState], *, finished: bool, begun: bool) -> StepState:
    if finished:
        return StepState.DONE
    for state in (StepState.FAILED, StepState.RUNNING):
        if state in states:
            return state
    return StepState.RUNNING if begun else StepState.PENDING
