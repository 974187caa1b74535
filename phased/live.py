"""A run on a terminal: a line for every finished step, and beneath it what is running now."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from rich.progress import BarColumn, Progress, ProgressColumn, SpinnerColumn, TextColumn
from rich.text import Text

from phased.progress import number, progress, subject
from phased.reports import named
from phased.wording import duration, one_line, shorten

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rich.console import Console, RenderableType
    from rich.progress import Task, TaskID

    from phased.model import Event

NAME = 32  # columns for what is running; the bar and its numbers need the rest
BAR = 16
BLANK: dict[str, Any] = {"words": "", "style": ""}


class _Bar(BarColumn):
    """A bar, where it is known how much there is to do."""

    def render(self, task: Task) -> RenderableType:  # type: ignore[override] # empty where unknown
        """The bar, or nothing."""
        return super().render(task) if task.total else Text()


class _Words(ProgressColumn):
    """How far and how fast, or whom it waits for; else how long already."""

    def render(self, task: Task) -> Text:
        """The words."""
        elapsed = task.elapsed or 0
        words = str(task.fields["words"]) or (duration(elapsed) if elapsed >= 1 else "")
        return Text(words, str(task.fields["style"]) or "dim", no_wrap=True, overflow="ellipsis")


@contextmanager
def live(
    console: Console, write: Callable[[Text | str], None]
) -> Iterator[Callable[[Event], None]]:
    """What to call with every event while the display is there; only the lines stay."""
    spinner = SpinnerColumn("dots" if console.encoding.startswith("utf") else "line", "cyan")
    columns = spinner, TextColumn("{task.description}", markup=False), _Bar(BAR), _Words()
    with Progress(*columns, console=console, transient=True) as display:
        yield lambda event: _show(display, write, event)


def _show(display: Progress, write: Callable[[Text | str], None], event: Event) -> None:
    if event.kind == "step":
        _clear(display)
        display.update(_task(display), description=shorten(one_line(event.text), NAME))
    elif event.kind in {"waiting", "attempt"}:
        display.update(_task(display), words=one_line(event.text), style="yellow")
    elif event.kind == "progress":
        _advance(display, event)
    elif (line := named("text").event(event)) is not None:
        _clear(display)
        write(line)


def _advance(display: Progress, event: Event) -> None:
    done, total = number(event.data, "done"), number(event.data, "total")
    name = shorten(subject(event.data) or event.text, NAME)
    words = " · ".join(progress(event.data)) or event.text
    shown: dict[str, Any] = {"description": name, "words": words, "style": ""}
    display.update(_task(display), completed=done, total=total, **shown)


def _task(display: Progress) -> TaskID:
    """The one task there is."""
    return display.task_ids[-1] if display.task_ids else display.add_task("", total=None, **BLANK)


def _clear(display: Progress) -> None:
    for task in display.task_ids:
        display.remove_task(task)
