from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

import pytest
from alembic.util import CommandError
from rich.text import Text

from phased.console import EVERY, fail, observer, print_report, redact
from phased.errors import PhasedError
from phased.errors.running import RunError
from phased.model import Event, Phase
from phased.reports import named, names

if TYPE_CHECKING:
    from phased.fact import Facts
    from phased.model import Plan


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")


@pytest.fixture
def clock() -> list[float]:
    """The time in its only item."""
    return [0.0]


def test_formats_are_found_by_file_name() -> None:
    assert names() == ["json", "text"]
    assert named("text").__name__ == "phased.reports.text"  # type: ignore[attr-defined] # a module
    with pytest.raises(ModuleNotFoundError):
        named("yaml")


@pytest.mark.parametrize("name", ["json", "text"])
def test_every_format_has_every_function(name: str) -> None:
    functions = ("plans", "status", "findings", "event", "outcome", "error")

    assert [f for f in functions if not callable(getattr(named(name), f, None))] == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("to postgresql://ann:s3cret@db:5432/x failed", "to postgresql://ann:***@db:5432/x failed"),
        ("postgresql+psycopg://:s3cret@db/x", "postgresql+psycopg://:***@db/x"),
        ("postgresql://ann:s3@cr:et/@db/x", "postgresql://ann:***@db/x"),
        ("postgresql://ann@db:5432/x", "postgresql://ann@db:5432/x"),
        ("https://www.postgresql.org:443/docs", "https://www.postgresql.org:443/docs"),
        ("host=db password=s3cret user=ann", "host=db password=*** user=ann"),
        ("password='s3 c\\'ret' user=ann", "password=*** user=ann"),
        ("PGPASSWORD=s3cret psql", "PGPASSWORD=*** psql"),
        (
            "postgresql://db/x?user=ann&password=s3cret&a=b",
            "postgresql://db/x?user=ann&password=***&a=b",
        ),
        ("ALTER ROLE ann PASSWORD 's3''cret' LOGIN", "ALTER ROLE ann PASSWORD '***' LOGIN"),
        ("OPTIONS (user 'ann', password 's3cret')", "OPTIONS (user 'ann', password '***')"),
        ('{"url": "postgresql://ann:s3cret@db"}', '{"url": "postgresql://ann:***@db"}'),
        ('{"dsn": "password=s3cret"}', '{"dsn": "password=***"}'),
        ("UPDATE users SET password=lower(password)", "UPDATE users SET password=lower(password)"),
        (
            "DATABASE_URL=postgresql://user:password@localhost/x",
            "DATABASE_URL=postgresql://user:password@localhost/x",
        ),
    ],
)
def test_passwords_are_masked(text: str, expected: str) -> None:
    assert redact(text) == expected


def test_a_pipe_gets_no_escape_codes_and_no_wrapping(plan: Plan, facts: Facts) -> None:
    stream, report = io.StringIO(), named("text").plans([plan], (), facts)

    print_report(report, stream)
    print_report(Text("x" * 500 + " y", "bold"), stream)

    assert stream.getvalue() == f"{report}\n{'x' * 500} y\n"


def test_a_terminal_gets_colours_unless_no_color(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = Terminal()
    print_report(Text("x", "red"), stream)
    monkeypatch.setenv("NO_COLOR", "1")
    print_report(Text("y", "bold red"), stream)

    assert stream.getvalue() == "\x1b[31mx\x1b[0m\ny\n"


def test_markup_and_numbers_in_a_report_stay_text() -> None:
    stream = Terminal()

    print_report("varchar[5] [bold]x[/bold] :smile: 'a' 1", stream)

    assert stream.getvalue() == "varchar[5] [bold]x[/bold] :smile: 'a' 1\n"


def test_an_encoding_without_our_symbols_still_gets_every_line() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")

    print_report(Text("✓ · ✗ │ größe"), stream)

    assert raw.getvalue() == b"+ - x | gr\\xf6\\xdfe\n"


def test_fail_prints_the_message_to_stderr_and_gives_the_exit_code(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert fail(PhasedError(detail="No.\nType this.")) == 2
    assert fail(RunError(detail="postgresql://a:s3cret@db"), json=True) == 1
    assert fail(CommandError("Unknown")) == 2

    out, err = capsys.readouterr()
    lines = err.splitlines()
    assert out == ""
    assert lines[:2] == ["error: No.", "Type this."]
    assert json.loads(lines[2])["message"] == "postgresql://a:***@db"
    assert lines[3:] == ["error: Unknown"]


def test_a_log_has_a_line_a_step_and_progress_now_and_then(clock: list[float]) -> None:
    stream = io.StringIO()

    with observer(stream=stream, clock=lambda: clock[0]) as notify:
        for seconds in range(12):
            clock[0] = float(seconds)
            notify(progress(seconds * 1000))
        notify(Event("step", "UPDATE", "1", Phase.BACKFILL))
        notify(Event("done", "UPDATE", "1", Phase.BACKFILL, {"duration": 12}))

    assert EVERY == 5
    assert stream.getvalue().splitlines() == [
        "▸ 1 backfill  users  0 of 12,000 rows (0%)",
        "▸ 1 backfill  users  5,000 of 12,000 rows (41%)",
        "▸ 1 backfill  users  10,000 of 12,000 rows (83%)",
        "✓ 1 backfill  UPDATE  12 s",
    ]


def test_a_log_repeats_itself_for_another_step_at_once(clock: list[float]) -> None:
    stream = io.StringIO()

    with observer(stream=stream, clock=lambda: clock[0]) as notify:
        notify(Event("waiting", "for pid 7", "1", Phase.EXPAND))
        notify(Event("waiting", "for pid 7", "1", Phase.EXPAND))
        notify(Event("waiting", "for pid 7", "1", Phase.CONTRACT))

    assert len(stream.getvalue().splitlines()) == 2


def test_json_is_one_object_a_line_and_every_event() -> None:
    stream = Terminal()

    with observer(json=True, stream=stream) as notify:
        for done in range(3):
            notify(progress(done))
        notify(Event("step", "password=s3cret"))

    said = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert [one["event"] for one in said] == ["progress", "progress", "progress", "step"]
    assert said[3]["text"] == "password=***"


def progress(done: int) -> Event:
    return Event(
        "progress", "", "1", Phase.BACKFILL, {"table": "users", "done": done, "total": 12_000}
    )
