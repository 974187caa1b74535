"""What hangs on a column that a plan drops, and whether the plan says anything about it."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from phased.facts.questions import family, relation, split
from phased.model import Phase
from phased.rule import commands
from phased.syntax import splicing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from phased.fact import Hanging
    from phased.model import Plan
    from phased.rule import Context

SYNC = "~phased_sync"


def dropped(context: Context) -> Iterator[tuple[str, str, tuple[Hanging, ...]]]:
    """Table, column (unquoted) and what hangs on it, for each column that a statement drops.

    What hangs on the same column of a partition hangs on it as well.
    """
    for table, what, command in commands(context):
        if what == "AT_DropColumn":
            named = [relation(context.facts, one) for one in family(context.facts, table)]
            held = [one for facts in named for one in facts.hanging.get(command.name, ())]
            yield table, command.name, tuple(dict.fromkeys(held))


def mentioned(one: Hanging, plan: Plan) -> bool:
    """Whether a statement of the plan names the thing."""
    texts = (statement.sql for step in plan.steps for statement in step.statements)
    return any(set(one.names) <= _words(text) for text in texts)


def begins(plan: Plan, table: str, column: str) -> bool:
    """Whether the plan puts a column in step with others."""
    wanted = {column, split(table)[1]}
    for step in plan.phase(Phase.EXPAND):
        for statement in step.statements:
            words = _words(statement.sql) if SYNC in statement.sql else frozenset()
            if wanted <= words and any(word.startswith(SYNC) for word in words):
                return True
    return False


@lru_cache(maxsize=1024)
def _words(sql: str) -> frozenset[str]:
    return frozenset(splicing.words(sql))
