"""All revisions as plans, for `lint` and `plan`: recorded, or run on a scratch database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phased import scratch
from phased.errors.revisions import RevisionError, ScratchFailed, ScratchRefused
from phased.model import Event, Phase
from phased.phases import is_legacy
from phased.plan import build, from_recorded, outline

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from alembic.script import Script

    from phased.fact import Facts
    from phased.model import Plan
    from phased.record import Recorded
    from phased.scratch import Captured
    from phased.session import Session

LATER = "its statements will be judged one by one while it runs"
FAILED = f"could not be run on an empty scratch database ({{reason}}): {LATER}"
AFTER = f"could not be run on a scratch database, as {{failed}} could not ({{reason}}): {LATER}"


def plans_of(
    scripts: Sequence[Script],
    facts: Facts,
    captured: Mapping[str, list[Recorded]] | None = None,
) -> tuple[list[Plan], list[Script]]:
    """The plans of revisions in order, and the old-style ones that remain unknown.

    Args:
        scripts: In the order they run.
        facts: The database before the first.
        captured: What `capture` heard old-style revisions execute.
    """
    plans: list[Plan] = []
    unknown: list[Script] = []
    calls = captured or {}
    for script in scripts:
        try:
            plan, facts = build(script, facts)
        except RevisionError:
            if not is_legacy(script.module):
                raise
            plan, facts = _from_captured(script, facts, calls)
            if script.revision not in calls:
                unknown.append(script)
        plans.append(plan)
    return plans, unknown


def with_capture(
    session: Session,
    history: Sequence[Script],
    scripts: Sequence[Script],
    facts: Facts,
    wanted: Collection[str],
) -> list[Plan]:
    """The plans of revisions; what cannot be recorded is run on a scratch database.

    Args:
        session: What the commands share; told what remains unknown, and why.
        history: Every revision, oldest first.
        scripts: Those to plan.
        facts: The database before the first of them.
        wanted: The ids of those that matter.
    """
    plans, unknown = plans_of(scripts, facts)
    missing = [script for script in unknown if script.revision in wanted]
    if not missing:
        return plans
    last = max(history.index(script) for script in missing)
    try:
        captured = scratch.capture(session, history[: last + 1])
    except (ScratchRefused, ScratchFailed) as error:
        session.notify(Event("notice", str(error)))
        return plans
    plans, unknown = plans_of(scripts, facts, captured.calls)
    _tell([script for script in unknown if script.revision in wanted], captured, session)
    return plans


def _tell(unknown: Sequence[Script], captured: Captured, session: Session) -> None:
    for script in unknown:
        text = FAILED if script.revision == captured.failed else AFTER
        text = text.format(failed=captured.failed, reason=captured.reason)
        session.notify(Event("notice", text, script.revision))


def _from_captured(
    script: Script, facts: Facts, captured: Mapping[str, list[Recorded]]
) -> tuple[Plan, Facts]:
    calls = captured.get(script.revision, [])
    steps, facts = from_recorded(Phase.EXPAND, calls, facts)
    return outline(script, steps), facts
