"""Status: one line a revision, and its phases beneath while they are not all done."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from rich.text import Text

from phased.model import Phase, StepState
from phased.reports.text._line import hang, stack
from phased.wording import count, shorten

if TYPE_CHECKING:
    from collections.abc import Sequence

    from phased.model import PhaseStatus, RevisionStatus

MARKS = {
    StepState.PENDING: ("·", "dim"),
    StepState.RUNNING: ("▸", "bold cyan"),
    StepState.DONE: ("✓", "green"),
    StepState.FAILED: ("✗", "bold red"),
}
LONGEST = 48  # of a message, so that its line fits


def status(rows: Sequence[RevisionStatus]) -> Text:
    """Every revision in the order given; then how many are where."""
    if not rows:
        return Text("No revisions.", "dim")
    ids = max(len(row.revision) for row in rows)
    messages = min(LONGEST, max(len(row.message) for row in rows))
    lines = [line for row in rows for line in _revision(row, ids, messages)]
    return stack([*lines, Text(), Text(_summary(rows), "bold")])


def state(row: RevisionStatus) -> StepState:
    """Of the revision as a whole; ``RUNNING`` also when it stands between two phases."""
    states = {phase.state for phase in row.phases.values()}
    if row.missing or not states or states == {StepState.DONE}:
        return StepState.FAILED if row.missing else StepState.DONE
    if StepState.FAILED in states:
        return StepState.FAILED
    return StepState.PENDING if states == {StepState.PENDING} else StepState.RUNNING


def _revision(row: RevisionStatus, ids: int, messages: int) -> list[Text]:
    whole = state(row)
    line = Text.assemble(
        MARKS[whole],
        " ",
        (row.revision.ljust(ids), "bold" if whole is not StepState.DONE else ""),
        "  ",
        shorten(row.message, messages).ljust(messages),
        "  ",
        *_marks(row, whole),
    )
    line.rstrip()
    return [line, *([] if whole is StepState.DONE else _phases(row))]


def _marks(row: RevisionStatus, whole: StepState) -> list[tuple[str, str]]:
    last = list(row.phases.values())[-1:] if whole is StepState.DONE else []
    words = [(_when(phase), "dim") for phase in last if phase.finished_at]
    flags = {"current": row.is_current, "head": row.is_head, "legacy": row.legacy}
    named = ", ".join(name for name, true in flags.items() if true)
    words += [(f"({named})", "cyan")] if named else []
    words += [("its file is missing", "red")] if row.missing else []
    return [part for word in words for part in [word, ("  ", "")]]


def _phases(row: RevisionStatus) -> list[Text]:
    return [line for phase, status in sorted(row.phases.items()) for line in _phase(phase, status)]


def _phase(phase: Phase, status: PhaseStatus) -> list[Text]:
    width = max(len(each.word) for each in Phase)
    mark, style = MARKS[status.state]
    first = Text.assemble("    ", phase.word.ljust(width), "  ", (mark, style), " ")
    text = _what(status)
    lines = hang(first, Text(" " * len(first)), text, "dim")
    return lines + _detail(status, len(first))


def _what(status: PhaseStatus) -> str:
    if status.state is StepState.DONE:
        return _when(status) or "done"
    steps = f"{status.steps_done} of {count(status.steps_total, 'step')}"
    return f"{status.state.value}, {steps} done" if status.steps_done else status.state.value


def _detail(status: PhaseStatus, margin: int) -> list[Text]:
    indent = Text(" " * margin)
    style = "red" if status.state is StepState.FAILED else ""
    return hang(indent, indent, status.detail, style) if status.detail else []


def _when(status: PhaseStatus) -> str:
    when = status.finished_at
    shown = when.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC") if when else ""
    return ", ".join(word for word in (shown, status.by) if word)


def _summary(rows: Sequence[RevisionStatus]) -> str:
    places = [_place(row) for row in rows]
    order = ["done", "waiting for its contract", "under way", "failed", "missing", "pending"]
    sums = [f"{places.count(place)} {place}" for place in order if place in places]
    return ", ".join([count(len(rows), "revision"), *sums])


def _place(row: RevisionStatus) -> str:
    left = [phase for phase, status in row.phases.items() if status.state is not StepState.DONE]
    whole = state(row)
    if whole is StepState.RUNNING:
        return "waiting for its contract" if left == [Phase.CONTRACT] else "under way"
    return "missing" if row.missing else whole.value
