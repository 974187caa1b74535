from __future__ import annotations

import pytest

from phased.errors import PhasedError
from phased.model import Event, Phase
from phased.reports.text import error, event, outcome

SQL = "ALTER TABLE users\n    ADD COLUMN handle TEXT"


def shown(kind: str, text: str = "", phase: Phase | None = Phase.EXPAND, **data: object) -> str:
    return str(event(Event(kind, text, "3f2a" if phase is not None else "", phase, data)))


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (shown("run", "2 revisions to run", None), "▸ 2 revisions to run"),
        (shown("done", SQL), "✓ 3f2a expand    ALTER TABLE users ADD COLUMN handle TEXT"),
        (shown("done", "X", duration=0.0123), "✓ 3f2a expand    X  12 ms"),
        (
            shown("done", "X", duration=75, waited=1.24),
            "✓ 3f2a expand    X  1 min 15 s, waited 1.2 s",
        ),
        (shown("done", "X", duration=1, waited=0.004), "✓ 3f2a expand    X  1 s"),
        (shown("waiting", "for pid 7: psql"), "… 3f2a expand    for pid 7: psql"),
        (shown("attempt", "no lock"), "↻ 3f2a expand    no lock"),
        (shown("phase", "done"), "✓ 3f2a expand    done"),
        (shown("pending", "waits", Phase.CONTRACT), "· 3f2a contract  waits"),
        (shown("notice", "look"), "! 3f2a expand    look"),
        (shown("progress", "as it is"), "▸ 3f2a expand    as it is"),
    ],
)
def test_one_line_an_event(line: str, expected: str) -> None:
    assert line == expected


@pytest.mark.parametrize("kind", ["step", "statement", "lock", "something new"])
def test_what_begins_is_left_to_its_end(kind: str) -> None:
    assert event(Event(kind, "text")) is None


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (
            {"table": "users", "done": 45_000, "total": 204_000, "rate": 12_345.6, "left": 13.2},
            "users  45,000 of 204,000 rows (22%), 12,346 rows/s, 13 s left",
        ),
        ({"table": "users", "done": 1, "total": None, "rate": 0, "left": 0}, "users  1 row"),
        ({"table": "users", "done": 7, "total": 6}, "users  7 of 6 rows (100%)"),
        ({"index": "ix", "phase": "waiting", "done": 0, "total": 0}, "ix  waiting"),
        (
            {"index": "ix", "phase": "sorting", "done": 1, "total": 3},
            "ix  sorting, 1 of 3 blocks (33%)",
        ),
    ],
)
def test_progress_in_numbers(data: dict[str, object], expected: str) -> None:
    line = str(event(Event("progress", "", "3f2a", Phase.BACKFILL, data)))

    assert line == f"▸ 3f2a backfill  {expected}"


def test_a_finished_statement_is_cut_to_the_line_and_a_blocker_is_not() -> None:
    long = "x" * 200

    done = shown("done", long, duration=2)

    assert len(done) == 100
    assert done.endswith("x…  2 s")
    assert shown("waiting", long).endswith(long)


def test_outcome_names_the_revisions_or_why_there_are_none() -> None:
    assert str(outcome("contracted", ["3f2a", "4b5c"])) == "✓ contracted 3f2a, 4b5c"
    assert str(outcome("aborted", [], "contracted")) == "· nothing aborted: contracted"


def test_an_error_keeps_its_lines() -> None:
    shown = error(PhasedError(detail="Cannot.\n\n    type this"))

    assert str(shown) == "error: Cannot.\n\n    type this"
