"""The loop over pending steps: each inside its guards, each recorded when it is done."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import psycopg

from phased import backfill
from phased.guard import tell, wrap

if TYPE_CHECKING:
    from collections.abc import Iterable

    from phased.guard import Run
    from phased.model import Step


def run_steps(steps: Iterable[Step], run: Run) -> None:
    """Run steps in order; a step that is interrupted is run again by the next run.

    Raises:
        StepFailed: PostgreSQL refused a statement.
        LockBudgetSpent: A step did not get its locks in time.
    """
    for step in steps:
        run.attempts, run.waited, run.blockers = 0, 0.0, []
        tell(run, "step", _title(step), step, statements=[one.sql for one in step.statements])
        began = time.monotonic()
        _run(step, run)
        facts = {"duration": time.monotonic() - began, "waited": run.waited}
        tell(run, "done", _title(step), step, attempts=run.attempts, **facts)


def _run(step: Step, run: Run) -> None:
    if step.backfill:
        wrap(lambda: backfill.fill(step, run), step, run)()
    else:
        wrap(lambda: _execute(step, run), step, run)()


def _execute(step: Step, run: Run) -> None:
    for statement in step.statements:
        tell(run, "statement", statement.sql, step, line=statement.line)
        try:
            run.connection.execute(statement.sql)
        except psycopg.Error as error:
            error.phased_statement = statement.sql  # type: ignore[attr-defined] # for the message
            raise


def _title(step: Step) -> str:
    if step.backfill:
        return f"backfill {step.backfill.table}: {', '.join(step.backfill.values)}"
    more = len(step.statements) - 1
    return step.statements[0].sql + (f" (and {more} more)" if more else "")
