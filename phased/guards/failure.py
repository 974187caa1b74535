"""A statement that PostgreSQL refuses is recorded and explained."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import psycopg

from phased.errors.running import RunError, StepFailed
from phased.guard import row
from phased.model import StepState

if TYPE_CHECKING:
    from collections.abc import Callable

    from phased.guard import Run
    from phased.model import Step

ORDER = 5
PATIENCE = "SELECT set_config('lock_timeout', '1s', true)"


def guard(call_next: Callable[[], None], step: Step, run: Run) -> None:
    """Run the step; write down what went wrong on the other connection.

    Raises:
        StepFailed: With PostgreSQL's message and what to do next.
    """
    try:
        call_next()
    except psycopg.Error as error:
        _record(run, step, f"{error.sqlstate or ''} {_first_line(error)}".strip())
        raise _explained(error, step, run) from error
    except RunError as error:
        _record(run, step, str(error).splitlines()[0])
        raise
    except KeyboardInterrupt:
        _record(run, step, "interrupted")
        raise


def _record(run: Run, step: Step, error: str) -> None:
    """Write the row of a failed step; what went wrong matters more than that it is written."""
    if run.undoing:
        return
    with suppress(psycopg.Error), run.watch.transaction():
        run.watch.execute(PATIENCE)
        if run.watched.exists():
            run.watched.write(row(step, run, StepState.FAILED, error=error))


def _explained(error: psycopg.Error, step: Step, run: Run) -> StepFailed:
    detail = error.diag.message_detail
    hint = error.diag.message_hint
    reason = "\n    ".join(part for part in (_first_line(error), detail, hint) if part)
    return StepFailed(
        revision=run.plan.revision,
        phase=step.phase.word,
        position=step.position + 1,
        reason=reason,
        sql=_culprit(error, step),
        kept="what ran before it is kept",
        command=run.command,
    )


def _culprit(error: psycopg.Error, step: Step) -> str:
    statement: str = getattr(error, "phased_statement", step.statements[0].sql)
    return statement.replace("\n", "\n    ")


def _first_line(error: psycopg.Error) -> str:
    return error.diag.message_primary or str(error).strip().splitlines()[0]
