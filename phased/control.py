"""What somebody asks of a backfill from another terminal: kept in the ledger, beside its cursor.

The running process reads it with every checkpoint, and once a second while it pauses.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from phased.ledger import applied_by
from phased.model import Phase, StepState

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from phased.ledger import Ledger, StepRow
    from phased.model import Event

UNDER_WAY = {StepState.RUNNING, StepState.FAILED}


@dataclass(frozen=True, slots=True)
class Control:
    """What is asked; what is None is as the settings have it.

    Attributes:
        paused_by: Who paused it; empty while it may run.
        paused_at: When, as ISO 8601 in UTC.
        rate: Rows per second; 0 for any number.
        batch_ms: What one batch should take.
        workers: Connections to work over.
    """

    paused_by: str = ""
    paused_at: str = ""
    rate: int | None = None
    batch_ms: int | None = None
    workers: int | None = None


@dataclass(frozen=True, slots=True)
class UnderWay:
    """A backfill that has begun and is not done.

    Attributes:
        row: Its step.
        cursor: Where it stands, as the ledger has it.
    """

    row: StepRow
    cursor: Mapping[str, Any]


def read(found: Mapping[str, Any]) -> Control:
    """What the ledger has; what a newer version may ask is left out."""
    known = Control.__dataclass_fields__
    return Control(**{name: value for name, value in found.items() if name in known})


def asked(ledger: Ledger, revision: str, phase: Phase, position: int) -> Control:
    """What is asked of one backfill now."""
    found = ledger.connection.execute(
        f"SELECT cursor -> 'control' FROM {ledger.step}"
        " WHERE revision = %s AND phase = %s AND position = %s",
        (revision, phase.word, position),
    ).fetchone()
    return read(found[0] or {}) if found else Control()


def under_way(ledger: Ledger) -> list[UnderWay]:
    """The backfills that have begun and are not done, in the order of their revisions."""
    steps = ledger.read().steps
    return [
        UnderWay(row, row.cursor)
        for _, row in sorted(steps.items())
        if row.state in UNDER_WAY and row.cursor and "leaves" in row.cursor
    ]


def pause(ledger: Ledger, found: UnderWay) -> None:
    """Let it stop between two batches; once paused it stays as it is."""
    moment = "to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"
    asked = f"jsonb_build_object('paused_by', %s::text, 'paused_at', {moment})"
    unless = f"CASE WHEN cursor #> '{{control,paused_by}}' IS NULL THEN {asked} ELSE '{{}}' END"
    _change(ledger, found, unless, applied_by() or "unknown")


def resume(ledger: Ledger, found: UnderWay) -> None:
    """Let it go on."""
    _write(ledger, found, "coalesce(cursor -> 'control', '{}') - 'paused_by' - 'paused_at'")


def tune(ledger: Ledger, found: UnderWay, **values: int) -> None:
    """Change how fast it goes."""
    _change(ledger, found, "%s::jsonb", json.dumps(values))


def publish(ledger: Ledger, revision: str, step: tuple[str, int], waiting: str) -> None:
    """Say why it pauses, until its next checkpoint."""
    ledger.connection.execute(
        f"UPDATE {ledger.step} SET cursor = cursor || jsonb_build_object('waiting', %s::text)"
        " WHERE revision = %s AND phase = %s AND position = %s AND cursor ? 'leaves'",
        (waiting, revision, *step),
    )


def naming_pauses(ledger: Ledger, notify: Callable[[Event], None]) -> Callable[[Event], None]:
    """Takes events of waiting for another runner: where its backfill is paused, they say so."""

    def tell(event: Event) -> None:
        paused = [one for one in under_way(ledger) if _paused_by(one)]
        words = [
            f"; its backfill of {one.cursor.get('table', '')} is paused by {_paused_by(one)},"
            " to go on: phased backfill resume"
            for one in paused
        ]
        notify(replace(event, text=event.text + "".join(words)))

    return tell


def _paused_by(found: UnderWay) -> str:
    return read(found.cursor.get("control") or {}).paused_by


def _change(ledger: Ledger, found: UnderWay, change: str, value: str) -> None:
    _write(ledger, found, f"coalesce(cursor -> 'control', '{{}}') || {change}", value)


def _write(ledger: Ledger, found: UnderWay, control: str, *values: str) -> None:
    row = found.row
    ledger.connection.execute(
        f"UPDATE {ledger.step} SET cursor = cursor || jsonb_build_object('control', {control})"
        " WHERE revision = %s AND phase = %s AND position = %s",
        (*values, row.revision, row.phase, row.position),
    )
