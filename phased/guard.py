"""What a guard is: one concern wrapped round a step, outermost first.

A guard is a module in ``phased/guards``, found by its file name::

    ORDER = 40                                  # its place; a smaller number is further outside
    def guard(call_next, step, run): ...        # do its part, and call ``call_next()`` once or more
"""

from __future__ import annotations

import random
import time
from dataclasses import dataclass, field
from functools import cache, partial
from importlib import import_module
from typing import TYPE_CHECKING, Any

from phased.blocking import describe
from phased.discovery import modules
from phased.errors.running import LockBudgetSpent
from phased.ledger import StepRow
from phased.model import Event, StepState
from phased.rollout import print_of
from phased.wording import duration

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from types import ModuleType

    from psycopg import Connection

    from phased.blocking import Blocker
    from phased.fact import Facts
    from phased.ledger import Ledger
    from phased.model import Plan, Step
    from phased.settings import Settings

LONGEST_PAUSE = 5.0  # seconds


@dataclass(slots=True)
class Run:
    """One revision being run, and what its guards share.

    Attributes:
        connection: Where the steps run: in autocommit, or inside Alembic's transaction, where a
            step becomes a savepoint.
        watch: A second connection in autocommit, for looking at locks and progress, and for
            recording failures.
        ledger: The tracking tables over ``connection``.
        watched: The tracking tables over ``watch``.
        plan: The plan of the revision.
        settings: What the user set.
        notify: Takes events.
        command: What the user types to go on after a failure.
        facts: The database before the revision.
        another: Opens one more connection, in autocommit.
        attempts: How often the step under way tried to get its locks.
        waited: Seconds the step under way has waited for locks.
        blockers: Who stood in the way of the step under way, as of the last look.
        seen: When transactions whose age we may not see were first seen.
        undoing: The steps take back what ran: their ledger rows go away.
    """

    connection: Connection[Any]
    watch: Connection[Any]
    ledger: Ledger
    watched: Ledger
    plan: Plan
    settings: Settings
    notify: Callable[[Event], None]
    command: str
    facts: Facts
    another: Callable[[], AbstractContextManager[Connection[Any]]]
    attempts: int = 0
    waited: float = 0.0
    blockers: list[Blocker] = field(default_factory=list)
    seen: dict[str, float] = field(default_factory=dict)
    undoing: bool = False


def wrap(action: Callable[[], None], step: Step, run: Run) -> Callable[[], None]:
    """The action with every guard round it."""
    for module in reversed(_guards()):
        action = partial(module.guard, action, step, run)
    return action


def tell(run: Run, kind: str, text: str, step: Step | None = None, **data: object) -> None:
    """Send one event about the revision that is running."""
    phase = step.phase if step else None
    facts = {**data, "position": step.position} if step else data
    run.notify(Event(kind, text, run.plan.revision, phase, facts))


def spent(step: Step, run: Run) -> LockBudgetSpent:
    """The error for a step whose budget is spent."""
    return LockBudgetSpent(
        revision=run.plan.revision,
        phase=step.phase.word,
        position=step.position + 1,
        budget=duration(run.settings.lock_budget.total_seconds()),
        blockers="".join(f"    {describe(blocker)}\n" for blocker in run.blockers)
        or "    nobody who is still there\n",
        advice=_advice([blocker.pid for blocker in run.blockers if blocker.pid]),
        command=run.command,
    )


def _advice(pids: list[int]) -> str:
    if not pids:
        return "Wait for a quieter hour"
    ends = "".join(f"    SELECT pg_terminate_backend({pid});\n" for pid in pids)
    return f"Wait until they are done, or end them:\n\n{ends}\nThen"


def pause_after(attempts: int, max_stall: float) -> float:
    """Seconds to stay away: at least as long as the attempt could stall others, then longer."""
    grown = min(max_stall * 2.0 ** min(attempts - 1, 32), LONGEST_PAUSE)
    return max(max_stall, grown * random.uniform(0.5, 1.5))  # noqa: S311 # jitter, not a secret


def finish(step: Step, run: Run, began: float) -> None:
    """Record the step as done, and its phase with it when it was the last."""
    if run.undoing:
        run.ledger.forget_step(run.plan.revision, step)
        return
    run.ledger.write(row(step, run, StepState.DONE, time.monotonic() - began))
    if step.position == run.plan.phase(step.phase)[-1].position:
        run.ledger.finish(run.plan.revision, step.phase)


def row(step: Step, run: Run, state: StepState, seconds: float = 0, error: str = "") -> StepRow:
    """What the ledger is told about a step."""
    return StepRow(
        run.plan.revision,
        step.phase.word,
        step.position,
        print_of(step),
        state,
        run.attempts,
        round(run.waited * 1000),
        round(seconds * 1000),
        error=error or None,
    )


@cache
def _guards() -> tuple[ModuleType, ...]:
    package = import_module("phased.guards")
    return tuple(sorted(modules(package), key=lambda module: int(module.ORDER)))
