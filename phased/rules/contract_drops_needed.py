"""A contract drops what a later revision, still to run, touches.

**Why.** Later revisions expand while earlier contracts wait. If one of them names what an earlier
contract is going to drop (it adds the same column again, indexes it, fills from it), the outcome
depends on which comes first: one of the two fails, or the contract takes away what the later
release has just begun to use. Contract the earlier revision before the later one runs.

Source: https://www.postgresql.org/docs/current/ddl-depend.html

Bad::

    # 1a2b_drop_username.py
    def contract() -> None:
        op.drop_column("users", "username")

    # 3c4d_index_username.py, later
    def expand() -> None:
        op.create_index("ix_users_username", "users", ["username"], postgresql_concurrently=True)

Good::

    # 1a2b_drop_username.py
    def contract() -> None:
        op.drop_column("users", "username")

    # 3c4d_index_handle.py, later
    def expand() -> None:
        op.create_index("ix_users_handle", "users", ["handle"], postgresql_concurrently=True)
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

import postgast

from phased.advice import paste
from phased.facts.questions import split
from phased.model import Phase

if TYPE_CHECKING:
    from collections.abc import Iterator

    from phased.model import Plan, Statement
    from phased.rule import Context

_COLUMN = re.compile(r'column (?P<table>.+)\.(?P<column>"(?:[^"]|"")+"|[^."]+)')
_RELATION = re.compile(r"(?:table|view|materialized view|sequence) (?P<table>.+)")


def judge(context: Context) -> Iterator[str]:
    """A drop in a contract, and the first later revision that touches what it drops."""
    if context.step.phase is not Phase.CONTRACT:
        return
    for thing in context.statement.destroys:
        plan = next((each for each in context.pending if _touches(each, thing)), None)
        if plan is not None:
            yield _message(thing, plan, context)


def _touches(plan: Plan, thing: str) -> bool:
    return any(_names(statement, thing) for step in plan.steps for statement in step.statements)


def _names(statement: Statement, thing: str) -> bool:
    column = _COLUMN.fullmatch(thing)
    if column:
        wanted = split(column["column"])[1]
        return column["table"] in statement.locks and wanted in _words(statement.sql)
    relation = _RELATION.fullmatch(thing)
    return relation is not None and relation["table"] in {*statement.locks, *statement.creates}


@lru_cache(maxsize=1024)
def _words(sql: str) -> frozenset[str]:
    raw = sql.encode()
    found = (raw[token.start : token.end].decode() for token in postgast.scan(sql).tokens)
    return frozenset(split(word)[1] if word.startswith('"') else word.lower() for word in found)


def _message(thing: str, plan: Plan, context: Context) -> str:
    mine = context.plan.revision
    return (
        f"The contract of {mine} drops {thing}, and revision {plan.revision} ({plan.path}), which "
        "is still to run, touches it. Finish the contract before the later revision runs:"
        + paste(f"phased contract {mine}")
    )
