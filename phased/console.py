"""The one place that writes to stdout and stderr; no password gets past it."""

from __future__ import annotations

import os
import re
import sys
import time
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, TextIO

from phased.errors import exit_code
from phased.reports import named

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from alembic.util import CommandError
    from rich.console import Console
    from rich.text import Text

    from phased.model import Event

    Observer = Callable[[Event], None]

EVERY = 5.0  # seconds between two log lines about the same thing
OFTEN = {"progress", "waiting", "attempt"}
ASCII = str.maketrans("✓✗·▸↻…┌├│└", "+x->~~,||`")
_URL = re.compile(r"(://[^\s:/@\"']*):(?!password@)[^\s\"'\\]*@")
_SETTING = re.compile(r"(?i)(passw(?:or)?d=)('(?:[^'\"\\]|\\.)*'|[^\s&,;()\"'\\]++(?!\())")
_CLAUSE = re.compile(r"(?i)(\bpassword\s+E?)'(?:[^'\"\\]|''|\\.)*'")


def redact(text: str) -> str:
    """The text without passwords: in URLs, in ``password=…``, in ``PASSWORD '…'``."""
    text = _URL.sub(r"\1:***@", text)
    return _CLAUSE.sub(r"\1'***'", _SETTING.sub(r"\1***", text))


def console(stream: TextIO | None = None) -> Console:
    """A console on the stream (stdout); plain without a terminal and with ``NO_COLOR``."""
    from rich.console import Console

    return Console(
        file=stream or sys.stdout,
        color_system=None if os.environ.get("NO_COLOR") else "auto",
        highlight=False,
        markup=False,
        emoji=False,
    )


def print_report(text: Text | str, stream: TextIO | None = None) -> None:
    """Print what a report made as it is, neither wrapped nor cut."""
    _write(console(stream), text)


def fail(error: CommandError, *, json: bool = False) -> int:
    """Print the error to stderr; return the exit code."""
    print_report(named("json" if json else "text").error(error), sys.stderr)
    return exit_code(error)


def ask(question: str, choices: list[str], /) -> str | None:
    """Put a question to whoever sits at the terminal.

    Args:
        question: One or more lines.
        choices: What can be answered.

    Returns:
        One of the choices; None when there was no answer.
    """
    target = console(sys.stderr)
    lines = [f"  {number}  {choice}" for number, choice in enumerate(choices, 1)]
    _write(target, "\n".join([question, *lines]))
    try:
        answer = target.input("Number: ").strip()
    except (EOFError, KeyboardInterrupt):
        return None
    chosen = int(answer) - 1 if answer.isdigit() else -1
    return choices[chosen] if 0 <= chosen < len(choices) else ask(question, choices)


@contextmanager
def observer(
    *,
    json: bool = False,
    stream: TextIO | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[Observer]:
    """Somebody to tell what happens while steps run.

    Args:
        json: One object a line, every event.
        stream: Where to; stdout unless told. On a terminal what is running is shown live.
        clock: Seconds; a log repeats itself every few of them at most.
    """
    write = partial(print_report, stream=stream)
    if json:
        yield lambda event: write(named("json").event(event) or "")
    elif _is_live(stream or sys.stdout):
        with _live(console(stream)) as show:
            yield show
    else:
        yield _log(write, clock)


def _is_live(stream: TextIO) -> bool:
    return stream.isatty() and console(stream).is_interactive


def _live(target: Console) -> AbstractContextManager[Observer]:
    from phased.live import live

    return live(target, partial(_write, target))


def _log(write: Callable[[Text | str], None], clock: Callable[[], float]) -> Observer:
    said: dict[object, float] = {}

    def tell(event: Event) -> None:
        key = (event.kind, event.revision, event.phase, event.data.get("table"))
        if event.kind in OFTEN and clock() - said.get(key, -EVERY) < EVERY:
            return
        said[key] = clock()
        line = named("text").event(event)
        if line is not None:
            write(line)

    return tell


def _write(target: Console, text: Text | str) -> None:
    plain = _encodable(redact(str(text)), target.encoding)
    if isinstance(text, str):
        return target.out(plain, highlight=False)
    shown = text.copy()
    shown.plain = plain
    return target.print(shown, soft_wrap=True)


def _encodable(text: str, encoding: str) -> str:
    """The text in an encoding that may not have our symbols."""
    if encoding.startswith("utf"):
        return text
    return text.translate(ASCII).encode(encoding, "backslashreplace").decode(encoding)
