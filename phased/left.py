"""What hangs on a column that a plan drops, and whether the plan says anything about it."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from phased.facts.questions import family, relation, split
from phased.model import Phase
from phased.rule import commands
from phased.syntax import splicing, tree

if TYPE_CHECKING:
    from collections.abc import Iterator

    from phased.fact import Hanging
    from phased.model import Plan
    from phased.rule import Context

FOLLOWS = ("~phased_sync", "~phased_mirror")


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
    names = {column, *_renamed(plan, split(table)[1], column)}
    for step in plan.phase(Phase.EXPAND):
        for statement in step.statements:
            words = _words(statement.sql) if "~phased" in statement.sql else frozenset()
            wanted = split(table)[1] in words and names & words
            if wanted and any(word.startswith(FOLLOWS) for word in words):
                return True
    return False


def _renamed(plan: Plan, table: str, column: str) -> Iterator[str]:
    """What the column was called before the plan renames it."""
    for step in plan.steps:
        for statement in step.statements:
            if statement.kind == "ALTER TABLE RENAME COLUMN":
                _, node = tree.one(statement.sql)
                if (node.relation.relname, node.newname) == (table, column):
                    yield node.subname


@lru_cache(maxsize=1024)
def _words(sql: str) -> frozenset[str]:
    return frozenset(splicing.words(sql))
