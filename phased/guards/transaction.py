"""A step and its ledger row commit together; without a transaction, rows bracket the step."""

from __future__ import annotations

import time
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import TYPE_CHECKING

import psycopg

from phased.guard import finish, row
from phased.model import StepState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from phased.guard import Run
    from phased.model import Step

ORDER = 50
BEGUN = {"begun": True}


def guard(call_next: Callable[[], None], step: Step, run: Run) -> None:
    """Run the step in a transaction, or between a row that says so and one that says it is done."""
    began = time.monotonic()
    if step.transactional:
        with _transaction(run):
            call_next()
            finish(step, run, began)
        return
    if not run.undoing:
        cursor = None if step.backfill else BEGUN
        run.ledger.write(replace(row(step, run, StepState.RUNNING), cursor=cursor))
    call_next()
    with run.connection.transaction():
        finish(step, run, began)


@contextmanager
def _transaction(run: Run) -> Iterator[None]:
    """A transaction of its own; or Alembic's, which commits with the version row.

    Alembic's is left as it is found: without a transaction on the server. What waits for locks
    must not keep one open.
    """
    if run.connection.autocommit:
        with run.connection.transaction():
            yield
        return
    try:
        yield
    except BaseException:
        with suppress(psycopg.OperationalError):  # the connection is lost
            run.connection.rollback()
        raise
