"""Events: one line each, as a log; steps and statements that begin are left to their end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from phased.model import Phase
from phased.progress import number, progress, subject
from phased.reports.text._line import WIDTH
from phased.wording import duration, one_line, shorten

if TYPE_CHECKING:
    from phased.model import Event

MARKS = {
    "run": ("▸", "bold cyan"),
    "waiting": ("…", "yellow"),
    "attempt": ("↻", "yellow"),
    "progress": ("▸", "cyan"),
    "done": ("✓", "green"),
    "phase": ("✓", "bold green"),
    "pending": ("·", "dim"),
    "notice": ("!", "yellow"),
}


LONGEST = max(len(phase.word) for phase in Phase)
NOTICED = 0.1  # seconds of waiting that are worth a word


def event(event: Event) -> Text | None:
    """A mark, the revision and phase, the text, and how long it took and waited."""
    if event.kind not in MARKS:
        return None
    head = Text.assemble(MARKS[event.kind], " ", (_about(event), "dim"))
    tail = Text(_times(event), "dim")
    room = WIDTH - len(head) - len(tail)
    text = shorten(one_line(event.text), room) if event.kind == "done" else _text(event)
    return Text.assemble(head, text, tail)


def _about(event: Event) -> str:
    words = [event.revision, event.phase.word.ljust(LONGEST) if event.phase is not None else ""]
    about = " ".join(word for word in words if word)
    return f"{about}  " if about else ""


def _text(event: Event) -> str:
    known = event.kind == "progress" and "done" in event.data
    return f"{subject(event.data)}  {', '.join(progress(event.data))}" if known else event.text


def _times(event: Event) -> str:
    took, waited = number(event.data, "duration"), number(event.data, "waited")
    words = [duration(took)] if took is not None else []
    words += [f"waited {duration(waited)}"] if waited and waited >= NOTICED else []
    return f"  {', '.join(words)}" if words else ""
