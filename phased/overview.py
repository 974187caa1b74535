"""What `phased status` shows: files, ledger and version table put side by side. Reads only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phased import catalog, revisions
from phased.errors.revisions import RevisionError, shown_path
from phased.fact import Facts
from phased.model import Phase, PhaseStatus, RevisionStatus, StepState
from phased.phases import is_legacy
from phased.plan import build
from phased.rollout import finished
from phased.session import watched

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from alembic.script import Script

    from phased.ledger import Entries, RolloutRow, StepRow
    from phased.session import Session

Phases = dict[Phase, PhaseStatus]


def overview(session: Session) -> list[RevisionStatus]:
    """Every revision, oldest first; those that only the database knows come last."""
    heads, entries = revisions.heads(session), watched(session).read()
    applied = set(revisions.applied(session.script, heads))
    scripts = revisions.every(session.script)
    begun = dict(_unfinished(session, scripts, entries, applied))
    rows = [
        _row(script, heads, begun.get(script.revision) or _finished(script, entries))
        for script in scripts
    ]
    gone = sorted((set(entries.rollouts) | set(heads)) - {script.revision for script in scripts})
    return rows + [RevisionStatus(one, missing=True, is_current=one in heads) for one in gone]


def _row(script: Script, heads: tuple[str, ...], phases: Phases) -> RevisionStatus:
    return RevisionStatus(
        revision=script.revision,
        message=script.doc,
        path=shown_path(script.path),
        down_revisions=tuple(script._versioned_down_revisions),  # noqa: SLF001 # the public one is a str, tuple or None
        phases=phases,
        is_current=script.revision in heads,
        is_head=script.is_head,
        legacy=is_legacy(script.module),
    )


def _finished(script: Script, entries: Entries) -> Phases:
    """Of a revision with nothing left to do; without a row it was applied before phased came."""
    row = entries.rollouts.get(script.revision)
    by = row.applied_by if row else ""
    phases = (Phase.EXPAND,) if is_legacy(script.module) else tuple(Phase)
    steps = {phase: len(_rows(entries, script.revision, phase)) for phase in phases}
    return {
        phase: PhaseStatus(StepState.DONE, _moment(row, phase), by, steps[phase], steps[phase])
        for phase in phases
    }


def _unfinished(
    session: Session, scripts: list[Script], entries: Entries, applied: set[str]
) -> Iterator[tuple[str, Phases]]:
    """Of those with something left; only these are recorded, to count their steps."""
    left = [
        script
        for script in scripts
        if not finished(entries.rollouts.get(script.revision), Phase.CONTRACT)
        or script.revision not in applied
    ]
    facts = catalog.read(session.watch) if left else Facts()
    for script in left:
        steps, problem = dict.fromkeys(Phase, 0), ""
        try:
            plan, facts = build(script, facts)
            steps = {phase: len(plan.phase(phase)) for phase in Phase}
        except RevisionError as error:
            problem = "" if is_legacy(script.module) else str(error).splitlines()[0]
        yield script.revision, _phases(script, entries, steps, problem)


def _phases(script: Script, entries: Entries, steps: Mapping[Phase, int], problem: str) -> Phases:
    if is_legacy(script.module):
        return {Phase.EXPAND: PhaseStatus(detail=problem, steps_total=steps[Phase.EXPAND])}
    row = entries.rollouts.get(script.revision)
    return {
        phase: _phase(row, phase, _rows(entries, script.revision, phase), steps[phase], problem)
        for phase in Phase
    }


def _phase(
    row: RolloutRow | None, phase: Phase, found: list[StepRow], total: int, problem: str
) -> PhaseStatus:
    error = next((one.error for one in found if one.error), None)
    done = sum(one.state is StepState.DONE for one in found)
    state = _state({one.state for one in found}, finished=_moment(row, phase) is not None)
    by = row.applied_by if row else ""
    return PhaseStatus(state, _moment(row, phase), by, done, total, error or problem)


def _state(states: set[StepState], *, finished: bool) -> StepState:
    if finished:
        return StepState.DONE
    for state in (StepState.FAILED, StepState.RUNNING):
        if state in states:
            return state
    return StepState.RUNNING if states else StepState.PENDING


def _rows(entries: Entries, revision: str, phase: Phase) -> list[StepRow]:
    return [row for key, row in entries.steps.items() if key[:2] == (revision, phase)]


def _moment(row: RolloutRow | None, phase: Phase) -> datetime | None:
    if row is None:
        return None
    return (row.expanded_at, row.backfilled_at, row.contracted_at)[phase]
