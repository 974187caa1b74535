"""A revision file -> its plan: operations recorded, priced, and grouped into steps."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from phased.checksum import checksum
from phased.grouping import Known, group
from phased.model import Phase, Plan, Step
from phased.phases import is_legacy, phase_functions
from phased.record import record

if TYPE_CHECKING:
    from collections.abc import Sequence

    from alembic.script import Script

    from phased.fact import Facts
    from phased.record import Recorded


def build(script: Script, facts: Facts) -> tuple[Plan, Facts]:
    """The plan of one revision, and the facts as they are after it.

    Raises:
        NoPhases: The file has neither phases nor `upgrade()`.
        PhasesAndUpgrade: It has both.
        AsksForConnection: A phase function asks for a database connection.
        SqlSyntax: A statement does not parse.
    """
    steps: list[Step] = []
    known = Known(nothing_new(facts))
    for phase, function in phase_functions(script):
        if phase is Phase.CONTRACT:
            known = Known(nothing_new(known.facts), nothing_new(known.said))
        calls = record(function, script.path, old_style=is_legacy(script.module))
        grouped, known = group(phase, calls, known)
        steps += grouped
    return _plan(script, tuple(steps)), known.facts


def nothing_new(facts: Facts) -> Facts:
    """The facts where a revision begins, or its contract: the new release uses what is new."""
    return replace(facts, created=frozenset(), added_columns=frozenset())


def outline(script: Script, steps: Sequence[Step] = ()) -> Plan:
    """The plan of a revision whose steps come from elsewhere."""
    return _plan(script, tuple(steps))


def from_recorded(phase: Phase, calls: list[Recorded], facts: Facts) -> tuple[list[Step], Facts]:
    """Steps of calls that were recorded elsewhere, and the facts after them."""
    steps, known = group(phase, calls, Known(nothing_new(facts)))
    return steps, known.facts


def _plan(script: Script, steps: tuple[Step, ...]) -> Plan:
    source = Path(script.path).read_text(encoding="utf-8")
    return Plan(
        revision=script.revision,
        message=script.doc,
        path=_shown(script.path),
        checksum=checksum(source),
        steps=steps,
        legacy=is_legacy(script.module),
        source=source,
        down=tuple(script._versioned_down_revisions),  # noqa: SLF001 # the public one is a str, tuple or None
    )


def _shown(path: str) -> str:
    try:
        return str(Path(path).relative_to(Path.cwd()))
    except ValueError:
        return path
