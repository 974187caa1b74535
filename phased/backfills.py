"""What `phased backfill status` shows: where the backfills stand that are under way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from phased import control
from phased.model import StepState

if TYPE_CHECKING:
    from phased.control import UnderWay


@dataclass(frozen=True, slots=True)
class BackfillStatus:
    """One backfill.

    Attributes:
        revision: The revision it belongs to.
        table: As SQL has it.
        state: ``running``, ``paused``, ``failed``, or ``stopped`` where nobody runs it.
        done: Rows.
        total: Rows in all, as far as can be told.
        rate: Rows per second of the latest run.
        left: Seconds.
        sweep: 0 for the first walk over the table, then one more for each that looks again.
        workers: Connections that it works over.
        limit: Rows per second that it was tuned to; 0 for any number, None where it was not.
        batch_ms: What one batch should take, where it was tuned.
        waiting: Why it pauses by itself; empty when it does not.
        paused_by: Who paused it; empty when nobody did.
        paused_at: When, as ISO 8601.
        error: What its latest run failed of.
        runner: Who runs it; empty where nobody does.
    """

    revision: str
    table: str
    state: str
    done: int
    total: int
    rate: float
    left: float
    sweep: int
    workers: int
    limit: int | None
    batch_ms: int | None
    waiting: str
    paused_by: str
    paused_at: str
    error: str
    runner: str


def status(found: UnderWay, runner: str) -> BackfillStatus:
    """Where one stands.

    Args:
        found: As the ledger has it.
        runner: Who holds the lock of the one runner; empty for nobody.
    """
    cursor, asked = found.cursor, control.read(found.cursor.get("control") or {})
    figures = cursor.get("progress") or {}
    return BackfillStatus(
        revision=found.row.revision,
        table=cursor.get("table", ""),
        state=_state(found.row.state, asked.paused_by, runner),
        done=cursor.get("filled", 0),
        total=figures.get("total", 0),
        rate=figures.get("rate", 0.0),
        left=figures.get("left", 0.0),
        sweep=cursor.get("sweep", 0),
        workers=asked.workers or cursor.get("workers", 1),
        limit=asked.rate,
        batch_ms=asked.batch_ms,
        waiting=cursor.get("waiting", "") if runner and not asked.paused_by else "",
        paused_by=asked.paused_by,
        paused_at=asked.paused_at,
        error="" if runner else found.row.error or "",
        runner=runner,
    )


def _state(state: StepState, paused_by: str, runner: str) -> str:
    if paused_by:
        return "paused"
    if runner:
        return "running"
    return "failed" if state is StepState.FAILED else "stopped"
