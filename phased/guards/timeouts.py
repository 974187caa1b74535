"""Nothing waits or works for long under a lock that others wait for.

CONCURRENTLY has neither timeout: one that strikes leaves an INVALID index. A scan under a weak lock
may take as long as it takes. A step that blocks reads or writes is metadata only; should it take
longer than `FUSE` times `max_stall` all the same, it is cancelled rather than waited for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from phased.guard import Run
    from phased.model import Step

ORDER = 60
FUSE = 25


def guard(call_next: Callable[[], None], step: Step, run: Run) -> None:
    """Set the timeouts for the step: for its transaction, or for the session around it."""
    stall = round(run.settings.max_stall.total_seconds() * 1000)
    if not step.transactional:
        _set(run, lock=0, statement=0, local=False)
    elif _blocks(step, run):
        _set(run, lock=stall, statement=stall * FUSE, local=True)
    else:
        _set(run, lock=stall, statement=0, local=True)
    call_next()


def _blocks(step: Step, run: Run) -> bool:
    return any(
        lock.blocks_writes and relation in run.facts.relations
        for statement in step.statements
        for relation, lock in statement.locks.items()
    )


def _set(run: Run, *, lock: int, statement: int, local: bool) -> None:
    run.connection.execute(
        "SELECT set_config('lock_timeout', %s, %s), set_config('statement_timeout', %s, %s)",
        (str(lock), local, str(statement), local),
    )
