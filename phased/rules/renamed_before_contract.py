"""A later revision renames a table that an earlier contract still changes.

**Why.** Later revisions expand while earlier contracts wait. A contract was written for the name
that the table had then: once a later revision has renamed the table, that name is a view's, and
PostgreSQL refuses to change it as a table. The contract could not run any more. Finish it before
the rename.

Source: https://www.postgresql.org/docs/current/sql-alterview.html

Bad::

    # 1a2b_drop_username.py
    def contract() -> None:
        op.drop_column("users", "username")

    # 3c4d_rename_users.py, later, while the contract of 1a2b waits
    def expand() -> None:
        op.rename_table_through_view("users", "people")

Good::

    # $ phased contract 1a2b
    # 3c4d_rename_users.py, after it
    def expand() -> None:
        op.rename_table_through_view("users", "people")
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from phased.advice import paste
from phased.model import Lock, Phase
from phased.old_names import renames

if TYPE_CHECKING:
    from collections.abc import Iterator

    from phased.model import Plan
    from phased.rule import Context


def judge(context: Context) -> Iterator[str]:
    """A statement of a contract, and the first later revision that takes its table's name away.

    Of files alone it is not known whether the contract has run.
    """
    if context.step.phase is not Phase.CONTRACT or not context.facts.known:
        return
    weakest = Lock.SHARE_UPDATE_EXCLUSIVE.strength
    changed = {name for name, lock in context.statement.locks.items() if lock.strength >= weakest}
    for plan in context.pending:
        for name in _renamed(plan, context) & changed:
            yield _message(name, plan, context)
            return


def _renamed(plan: Plan, context: Context) -> set[str]:
    statements = [statement for step in plan.steps for statement in step.statements]
    return {name.old for name in renames(statements, context.facts)}


def _message(table: str, plan: Plan, context: Context) -> str:
    mine = context.plan.revision
    return (
        f"The contract of {mine} still changes {table}, and revision {plan.revision} "
        f"({plan.path}), which is to run before it, renames {table}: by then the contract fails. "
        "Finish the contract before the later revision runs:" + paste(f"phased contract {mine}")
    )
