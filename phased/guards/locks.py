"""All table locks first, in one fixed order: nothing waits in the middle of a step.

Parents come before children, as applications insert them. The whole of it has `max_stall`: what one
table used up is not there for the next, for the first is locked all the while.
"""

from __future__ import annotations

import time
from collections import defaultdict
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING

from psycopg.errors import LockNotAvailable

from phased.guard import tell
from phased.model import Lock
from phased.statements import evolve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from phased.fact import Facts
    from phased.guard import Run
    from phased.model import Step

ORDER = 70
LOCKABLE = """
SELECT name FROM unnest(%s::text[]) AS name
JOIN pg_class c ON c.oid = to_regclass(name)
WHERE c.relkind IN ('r', 'p') AND has_table_privilege(c.oid, 'UPDATE, DELETE, TRUNCATE')
"""
"""LOCK TABLE takes tables alone; on a view it would reach through to what the view reads."""


def guard(call_next: Callable[[], None], step: Step, run: Run) -> None:
    """Take the locks of every statement of the step before the first of them runs."""
    needed = strongest(step)
    if step.transactional and needed:
        _take(needed, step, run)
    call_next()


def strongest(step: Step) -> dict[str, Lock]:
    """The strongest lock the step needs on each relation, without those that disturb nobody."""
    needed: dict[str, Lock] = {}
    for statement in step.statements:
        for name, lock in statement.locks.items():
            if lock.strength >= Lock.SHARE_UPDATE_EXCLUSIVE.strength:
                needed[name] = max(lock, needed.get(name, lock), key=lambda mode: mode.strength)
    return needed


def in_order(names: Iterable[str], references: Mapping[str, set[str]]) -> list[str]:
    """Referenced tables before those that refer to them; by name where nothing else decides."""
    chosen = sorted(names)
    sorter: TopologicalSorter[str] = TopologicalSorter()
    for name in chosen:
        sorter.add(name, *sorted(references.get(name, set()) & set(chosen) - {name}))
    try:
        return list(sorter.static_order())
    except CycleError:
        return chosen


def _take(needed: dict[str, Lock], step: Step, run: Run) -> None:
    found = run.connection.execute(LOCKABLE, (list(needed),)).fetchall()
    began = time.monotonic()
    for name in in_order((name for (name,) in found), references(step, run.facts)):
        waited = round((time.monotonic() - began) * 1000)
        left = round(run.settings.max_stall.total_seconds() * 1000) - waited
        if left <= 0:
            raise LockNotAvailable("the locks before it used up max_stall")
        _lock(name, needed[name], (waited, left), step, run)


def _lock(name: str, lock: Lock, budget: tuple[int, int], step: Step, run: Run) -> None:
    waited, left = budget
    run.connection.execute("SELECT set_config('lock_timeout', %s, true)", (f"{left}ms",))
    sql = f"LOCK TABLE ONLY {name} IN {lock.sql} MODE"
    tell(run, "lock", sql, step, table=name, lock=lock.sql, timeout_ms=left, waited_ms=waited)
    run.connection.execute(sql.encode())


def references(step: Step, facts: Facts) -> dict[str, set[str]]:
    """Every table with those it refers to or is part of, before the step and after it."""
    after = facts
    for statement in step.statements:
        after = evolve(after, statement)
    found: dict[str, set[str]] = defaultdict(set)
    for name, held in (*facts.relations.items(), *after.relations.items()):
        found[name] |= {c.references for c in held.constraints.values() if c.references}
        found[name] |= {held.parent} if held.parent else set()
    return found
