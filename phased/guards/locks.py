"""All table locks first, in one fixed order: nothing waits in the middle of a step.

Parents come before children, as applications insert them. The whole of it has `max_stall`: what one
table used up is not there for the next.
"""

from __future__ import annotations

import time
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING

from phased.guard import tell
from phased.model import Lock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from phased.guard import Run
    from phased.model import Step

ORDER = 70
LEAST = 10  # milliseconds; 0 would mean no timeout at all
LOCKABLE = """
SELECT name FROM unnest(%s::text[]) AS name
JOIN pg_class c ON c.oid = to_regclass(name) WHERE c.relkind IN ('r', 'p')
"""


def guard(call_next: Callable[[], None], step: Step, run: Run) -> None:
    """Take the locks of every statement of the step before the first of them runs."""
    if step.transactional and len(step.statements):
        _take(strongest(step), step, run)
    call_next()


def strongest(step: Step) -> dict[str, Lock]:
    """The strongest lock the step needs on each relation, without those that disturb nobody."""
    needed: dict[str, Lock] = {}
    for statement in step.statements:
        for name, lock in statement.locks.items():
            if lock.strength >= Lock.SHARE_UPDATE_EXCLUSIVE.strength:
                needed[name] = max(lock, needed.get(name, lock), key=lambda mode: mode.strength)
    return needed


def in_order(names: Iterable[str], references: dict[str, set[str]]) -> list[str]:
    """Referenced tables before those that refer to them; by name where nothing else decides."""
    chosen = sorted(names)
    graph = {name: references.get(name, set()) & set(chosen) - {name} for name in chosen}
    try:
        return list(TopologicalSorter(graph).static_order())
    except CycleError:
        return chosen


def _take(needed: dict[str, Lock], step: Step, run: Run) -> None:
    rows = run.connection.execute(LOCKABLE, (list(needed),)).fetchall()
    budget = run.settings.max_stall.total_seconds()
    deadline = time.monotonic() + budget
    for name in in_order((row[0] for row in rows), _references(run)):
        left = max(LEAST, round((deadline - time.monotonic()) * 1000))
        run.connection.execute("SELECT set_config('lock_timeout', %s, true)", (f"{left}ms",))
        tell(run, "lock", f"LOCK {name}", step, lock=needed[name].sql, table=name, timeout_ms=left)
        run.connection.execute(f"LOCK TABLE ONLY {name} IN {needed[name].sql} MODE")


def _references(run: Run) -> dict[str, set[str]]:
    return {
        name: {c.references for c in facts.constraints.values() if c.references}
        | ({facts.parent} if facts.parent else set())
        for name, facts in run.facts.relations.items()
    }
