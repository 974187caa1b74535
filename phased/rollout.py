"""Plans and ledger rows -> what is done, what is pending, what comes next. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phased.errors.running import RevisionEdited
from phased.model import Phase, Step, StepState

if TYPE_CHECKING:
    from collections.abc import Iterable

    from phased.ledger import Entries, RolloutRow
    from phased.model import Plan


def print_of(step: Step) -> str:
    """A fingerprint of what a step runs."""
    from phased.statements import fingerprint

    code = f"'{step.backfill.code}'" if step.backfill and step.backfill.code else ""
    return fingerprint(";\n".join(statement.sql for statement in step.statements) + code)


def is_done(entries: Entries, revision: str, step: Step) -> bool:
    """Whether the ledger has the step as done."""
    row = entries.steps.get((revision, step.phase, step.position))
    return row is not None and row.state is StepState.DONE


def done_steps(entries: Entries) -> set[tuple[str, Phase, int]]:
    """Every step that need not run again: revision, phase and position."""
    return {key for key, row in entries.steps.items() if row.state is StepState.DONE}


def pending(plan: Plan, entries: Entries, phases: Iterable[Phase]) -> list[Step]:
    """The steps of these phases that are still to run, in order.

    A step that failed may be mended: nothing of it is left but the batches of a backfill.

    Raises:
        RevisionEdited: A step that has run, or begun, is no longer what the file says.
    """
    wanted = set(phases)
    _refuse_edited(plan, entries)
    steps = [step for step in plan.steps if step.phase in wanted]
    return [step for step in steps if not is_done(entries, plan.revision, step)]


def finished(row: RolloutRow | None, phase: Phase) -> bool:
    """Whether a phase is finished; a revision without a row was applied before phased was here."""
    if row is None:
        return True
    moments = {
        Phase.EXPAND: row.expanded_at,
        Phase.BACKFILL: row.backfilled_at,
        Phase.CONTRACT: row.contracted_at,
    }
    return moments[phase] is not None


def _refuse_edited(plan: Plan, entries: Entries) -> None:
    prints = {(step.phase, step.position): print_of(step) for step in plan.steps}
    for (revision, phase, position), row in sorted(entries.steps.items()):
        if revision != plan.revision or row.state not in {StepState.DONE, StepState.RUNNING}:
            continue
        if prints.get((phase, position)) != row.fingerprint:
            raise RevisionEdited(
                revision=plan.revision,
                path=plan.path,
                phase=phase.word,
                position=position + 1,
                state=row.state.value,
            )
