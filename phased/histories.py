"""All revisions as plans, for `lint` and `plan`: recorded, or run on a scratch database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phased import scratch
from phased.errors.revisions import RevisionError, ScratchRefused
from phased.model import Event, Facts, Phase
from phased.phases import is_legacy
from phased.plan import build, from_recorded, outline

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from alembic.script import Script
    from sqlalchemy import Engine

    from phased.model import Plan
    from phased.record import Recorded


def plans_of(
    scripts: Sequence[Script],
    facts: Facts,
    captured: dict[str, list[Recorded]] | None = None,
) -> tuple[list[Plan], list[Script]]:
    """The plans of revisions in order, and the old-style ones that could not be recorded.

    Args:
        scripts: In the order they run.
        facts: The database before the first.
        captured: What `capture` heard old-style revisions execute.
    """
    plans: list[Plan] = []
    unknown: list[Script] = []
    for script in scripts:
        try:
            plan, facts = build(script, facts)
        except RevisionError:
            if not is_legacy(script.module):
                raise
            plan, facts = _from_captured(script, facts, captured or {})
            if not plan.steps:
                unknown.append(script)
        plans.append(plan)
    return plans, unknown


def with_capture(
    engine: Callable[[], Engine],
    history: Sequence[Script],
    scripts: Sequence[Script],
    facts: Facts,
    notify: Callable[[Event], None],
) -> list[Plan]:
    """The plans of revisions; what cannot be recorded is run on a scratch database.

    Args:
        engine: Called only where a scratch database is needed.
        history: Every revision, oldest first.
        scripts: Those to plan.
        facts: The database before the first of them.
        notify: Told what remains unknown, and why.
    """
    plans, unknown = plans_of(scripts, facts)
    if not unknown:
        return plans
    last = max(history.index(script) for script in unknown)
    try:
        captured = scratch.capture(engine(), history[: last + 1])
    except ScratchRefused as error:
        notify(Event("notice", str(error)))
        return plans
    plans, unknown = plans_of(scripts, facts, captured)
    for script in (one for one in unknown if one.revision not in captured):
        notify(Event("notice", NOT_ON_EMPTY, script.revision))
    return plans


NOT_ON_EMPTY = (
    "upgrade() could not be run on an empty scratch database; its statements will be judged one "
    "by one while it runs"
)


def _from_captured(
    script: Script, facts: Facts, captured: dict[str, list[Recorded]]
) -> tuple[Plan, Facts]:
    calls = captured.get(script.revision, [])
    steps, facts = from_recorded(Phase.EXPAND, calls, facts)
    return outline(script, steps), facts
