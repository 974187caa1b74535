"""Nothing waits or works for long under a lock that others wait for.

CONCURRENTLY has neither timeout: one that strikes leaves an INVALID index. A scan may take as long
as it takes: it holds a weak lock, or was allowed by name. A step that blocks reads or writes and
does neither is metadata only; should it take longer than `FUSE` times `max_stall` all the same, it
is cancelled rather than waited for.
"""

from __future__ import annotations

import time
from datetime import timedelta
from typing import TYPE_CHECKING

from psycopg.errors import QueryCanceled
from psycopg.pq import TransactionStatus

from phased.errors.running import HeldTooLong
from phased.wording import duration

if TYPE_CHECKING:
    from collections.abc import Callable

    from phased.guard import Run
    from phased.model import Step

ORDER = 60
FUSE = 5
NONE = timedelta()


def guard(call_next: Callable[[], None], step: Step, run: Run) -> None:
    """Set the timeouts for the step: for its transaction, or for the session around it.

    Raises:
        HeldTooLong: The fuse has blown.
    """
    stall = run.settings.max_stall
    fuse = stall * FUSE if _is_quick(step) and blocking(step, run) else NONE
    lock = stall if step.transactional or step.backfill else NONE
    _set(run, lock, fuse, local=_in_transaction(run))
    began = time.monotonic()
    try:
        call_next()
    except QueryCanceled as error:
        if not fuse or time.monotonic() - began < fuse.total_seconds():
            raise
        raise _blown(step, run, fuse) from error


def blocking(step: Step, run: Run) -> list[str]:
    """The locks with which the step stops writes or reads of tables that were there before."""
    return [
        f"{lock.sql} on {relation}"
        for statement in step.statements
        for relation, lock in statement.locks.items()
        if lock.blocks_writes and relation in run.facts.relations
    ]


def _is_quick(step: Step) -> bool:
    return step.transactional and not any(s.scans or s.rewrites for s in step.statements)


def _in_transaction(run: Run) -> bool:
    """Whether there is a transaction, or will be with the next statement."""
    idle = run.connection.info.transaction_status == TransactionStatus.IDLE
    return not (run.connection.autocommit and idle)


def _set(run: Run, lock: timedelta, statement: timedelta, *, local: bool) -> None:
    lock_ms, statement_ms = (str(round(one.total_seconds() * 1000)) for one in (lock, statement))
    run.connection.execute(
        "SELECT set_config('lock_timeout', %s, %s), set_config('statement_timeout', %s, %s)",
        (lock_ms, local, statement_ms, local),
    )


def _blown(step: Step, run: Run, fuse: timedelta) -> HeldTooLong:
    return HeldTooLong(
        revision=run.plan.revision,
        phase=step.phase.word,
        position=step.position + 1,
        locks=", ".join(dict.fromkeys(blocking(step, run))),
        fuse=duration(fuse.total_seconds()),
        sql="\n    ".join(statement.sql for statement in step.statements),
        command=run.command,
    )
