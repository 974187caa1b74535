"""Backfills that are under way: how far, how fast, why not, and what to type."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from phased.progress import progress
from phased.reports.text._line import hang, stack
from phased.wording import count

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from phased.backfills import BackfillStatus

MARKS = {
    "running": ("▸", "bold cyan"),
    "paused": ("…", "yellow"),
    "stopped": ("·", "dim"),
    "failed": ("✗", "bold red"),
}
MARGIN = "      "


def backfills(rows: Sequence[BackfillStatus]) -> Text:
    """Each with its numbers, and beneath them what it is at."""
    if not rows:
        return Text("No backfill is under way.", "dim")
    return stack([line for row in rows for line in _lines(row)])


def _lines(row: BackfillStatus) -> list[Text]:
    known: dict[str, object] = {"table": row.table, "done": row.done, "total": row.total or None}
    if row.state == "running":
        known |= {"rate": row.rate, "left": row.left}
    head = Text.assemble(MARKS[row.state], " ", (row.revision, "bold"), f"  {row.table}  ")
    margin = Text(MARGIN)
    beneath = [line for text in _words(row) for line in hang(margin, margin, text, "dim")]
    return [Text.assemble(head, ", ".join(progress(known))), *beneath]


def _words(row: BackfillStatus) -> Iterator[str]:
    tuned = [count(row.workers, "worker")] if row.workers > 1 else []
    tuned += [f"held to {row.limit:,} rows/s"] if row.limit else []
    tuned += [f"batches of {row.batch_ms} ms"] if row.batch_ms else []
    by = f" by {row.runner}" if row.runner else ""
    yield ", ".join([f"{row.state}{by if row.state == 'running' else ''}", *tuned])
    if row.paused_by:
        yield f"paused by {row.paused_by} since {row.paused_at}; to go on: phased backfill resume"
    if row.waiting:
        yield f"pauses: {row.waiting}"
    if row.error:
        yield row.error
    if not row.runner:
        yield "nobody runs it; to go on with it: alembic upgrade head"
