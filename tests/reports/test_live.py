from __future__ import annotations

import io
import re
from functools import partial

from rich.console import Console

from phased.console import observer
from phased.live import live
from phased.model import Event, Phase

ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
ROWS = {"table": "users", "done": 50_000, "total": 200_000, "rate": 10_000.0, "left": 15.0}
BLOCKS = {"index": "ix_users", "phase": "scanning table", "done": 1, "total": 2}


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def event(kind: str, text: str = "", **data: object) -> Event:
    return Event(kind, text, "3f2a", Phase.BACKFILL, data)


def drawn(*events: Event, width: int = 100, encoding: str = "utf-8") -> list[str]:
    """What was drawn, without escapes; the display draws itself a last time when it goes."""
    raw = io.BytesIO()
    console = Console(
        file=io.TextIOWrapper(raw, encoding=encoding), force_terminal=True, width=width
    )
    with live(console, partial(console.print, soft_wrap=True)) as notify:
        for one in events:
            notify(one)
    console.file.flush()
    lines = re.split(r"[\r\n]+", ESCAPES.sub("", raw.getvalue().decode(encoding)))
    return [line.rstrip() for line in lines if line.strip()]


def test_a_backfill_is_a_bar_with_its_numbers() -> None:
    last = drawn(event("step", "backfill users: handle"), event("progress", **ROWS))[-1]

    assert re.fullmatch(
        r". users ━{4}\S* 50,000 of 200,000 rows \(25%\) · 10,000 rows/s · 15 s left",
        last.replace("╺", "━").replace("╸", "━"),
    )
    assert last.count("━") + last.count("╺") + last.count("╸") == 16


def test_it_fits_a_narrow_terminal() -> None:
    lines = drawn(event("step", "x" * 200), event("progress", **ROWS), width=80)

    assert max(len(line) for line in lines) <= 80


def test_an_index_build_names_the_index_and_its_phase() -> None:
    last = drawn(event("progress", **BLOCKS))[-1]

    assert " ix_users " in last
    assert last.endswith("scanning table · 1 of 2 blocks (50%)")


def test_without_a_total_there_is_no_bar() -> None:
    last = drawn(event("progress", **{**ROWS, "total": None}))[-1]

    assert last.endswith("50,000 rows · 10,000 rows/s · 15 s left")
    assert "━" not in last


def test_a_wait_says_for_whom_until_the_step_is_done() -> None:
    step, waiting = event("step", "ALTER TABLE users"), event("waiting", "waiting for pid 7: psql")

    last = drawn(step, waiting)[-1]
    after = drawn(step, waiting, event("done", "ALTER TABLE users", duration=2, waited=1.5))

    assert last.split(maxsplit=1)[1].split() == [
        "ALTER",
        "TABLE",
        "users",
        "waiting",
        "for",
        "pid",
        "7:",
        "psql",
    ]
    assert "✓ 3f2a backfill  ALTER TABLE users  2 s, waited 1.5 s" in after
    assert "waiting for pid 7" not in after[-1]


def test_the_next_step_begins_without_the_bar_of_the_last() -> None:
    last = drawn(event("progress", **ROWS), event("step", "CREATE INDEX"))[-1]

    assert last.split()[1:] == ["CREATE", "INDEX"]


def test_statements_and_locks_do_not_disturb_the_bar() -> None:
    batch = event("statement", "UPDATE ONLY users SET …")

    last = drawn(event("progress", **ROWS), batch, event("lock", "LOCK users"))[-1]

    assert "50,000 of 200,000" in last


def test_brackets_in_a_statement_are_not_markup() -> None:
    last = drawn(event("step", "ALTER TYPE integer[bold]"))[-1]

    assert "integer[bold]" in last


def test_a_terminal_without_unicode_still_has_a_bar() -> None:
    last = drawn(event("progress", **{**BLOCKS, "phase": ""}), encoding="ascii")[-1]

    assert "---" in last


def test_the_observer_is_live_on_a_terminal_only() -> None:
    terminal, pipe = Terminal(), io.StringIO()
    for stream in (terminal, pipe):
        with observer(stream=stream) as notify:
            notify(event("step", "X"))
            notify(event("done", "X"))

    assert "\x1b[?25l" in terminal.getvalue()
    assert "✓ 3f2a backfill  X" in ESCAPES.sub("", terminal.getvalue())
    assert pipe.getvalue() == "✓ 3f2a backfill  X\n"
