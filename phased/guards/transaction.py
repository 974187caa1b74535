"""A step and its ledger row commit together; without a transaction, rows bracket the step."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from phased.guard import finish, row
from phased.model import StepState

if TYPE_CHECKING:
    from collections.abc import Callable

    from phased.guard import Run
    from phased.model import Step

ORDER = 50


def guard(call_next: Callable[[], None], step: Step, run: Run) -> None:
    """Run the step in a transaction, or between a row that says so and one that says it is done."""
    began = time.monotonic()
    if step.transactional:
        with run.connection.transaction():
            call_next()
            finish(step, run, began)
        return
    if not run.undoing:
        run.ledger.write(row(step, run, StepState.RUNNING))
    call_next()
    with run.connection.transaction():
        finish(step, run, began)
