"""A statement that may take long says how far it is and whom it waits for, while it runs."""

from __future__ import annotations

import threading
import time
from dataclasses import asdict
from typing import TYPE_CHECKING

import psycopg

from phased.blocking import ahead, describe
from phased.guard import tell

if TYPE_CHECKING:
    from collections.abc import Callable

    from phased.guard import Run
    from phased.model import Step

ORDER = 65
EVERY = 0.2  # seconds
TELL_AGAIN = 5.0  # seconds
PROGRESS = """
SELECT phase, blocks_done, blocks_total, index_relid::regclass::text
FROM pg_stat_progress_create_index WHERE pid = %s
"""
"""Source: https://www.postgresql.org/docs/current/progress-reporting.html"""


def guard(call_next: Callable[[], None], step: Step, run: Run) -> None:
    """Run, and look on from the other connection meanwhile."""
    if step.transactional:
        return call_next()
    over = threading.Event()
    thread = threading.Thread(target=_watch, args=(over, step, run), daemon=True)
    thread.start()
    try:
        return call_next()
    finally:
        over.set()
        thread.join()


def _watch(over: threading.Event, step: Step, run: Run) -> None:
    told = -TELL_AGAIN
    while not over.wait(EVERY):
        try:
            told = _look(step, run, told)
        except psycopg.Error:
            return


def _look(step: Step, run: Run, told: float) -> float:
    found, now = ahead(run), time.monotonic()
    if found:
        run.blockers = found
    if found and now - told > TELL_AGAIN and not step.backfill:
        facts = {"blockers": [asdict(blocker) for blocker in found]}
        tell(run, "waiting", f"waiting for {describe(found[0])}", step, **facts)
        told = now
    for row in run.watch.execute(PROGRESS, (run.connection.info.backend_pid,)):
        _progress(row, step, run)
    return told


def _progress(row: tuple[str, int, int, str], step: Step, run: Run) -> None:
    phase, done, total, index = row
    text = f"building {index}: {phase}, {done}/{total} blocks"
    tell(run, "progress", text, step, index=index, phase=phase, done=done, total=total)
