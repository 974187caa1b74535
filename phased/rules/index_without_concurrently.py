"""An index is built or dropped on an existing table without CONCURRENTLY.

**Why.** CREATE INDEX holds SHARE until the whole table is read and sorted: every INSERT, UPDATE and
DELETE waits. DROP INDEX and REINDEX take ACCESS EXCLUSIVE, which stops reads too. CONCURRENTLY
takes longer and lets everybody work. It cannot run in a transaction; phased gives it a step of its
own, and builds an index anew that was left INVALID. On a table that the same revision creates, a
plain CREATE INDEX is right.

Source: https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY

Bad::

    def expand() -> None:
        op.create_index("ix_users_email", "users", ["email"])

Good::

    def expand() -> None:
        op.create_index("ix_users_email", "users", ["email"], postgresql_concurrently=True)
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from phased.advice import alone, as_written, execute, is_raw, paste, with_option
from phased.facts.questions import relation
from phased.rule import existed, node, sized, table_of_index
from phased.syntax import names
from phased.syntax.tree import enum

if TYPE_CHECKING:
    from collections.abc import Iterator

    from phased.rule import Context

_VERB = re.compile(r"(?i)\b(INDEX|TABLE|SCHEMA|DATABASE)\b")


def judge(context: Context) -> Iterator[str]:
    """CREATE INDEX, DROP INDEX and REINDEX that block."""
    which, statement = node(context)
    if which == "index_stmt" and not statement.concurrent:
        yield from _create(context, statement)
    elif which == "drop_stmt" and not statement.concurrent:
        yield from _drop(context, statement)
    elif which == "reindex_stmt" and not any("concurrently" in str(p) for p in statement.params):
        yield from _reindex(context)


def _create(context: Context, statement: Any) -> Iterator[str]:
    table = names.of(statement.relation, context.facts)
    parent = not statement.relation.inh and not context.statement.scans & {table}
    unknown_parent = not statement.relation.inh and table not in context.facts.relations
    if existed(context, [table]) and not parent and not unknown_parent:
        yield (
            f"CREATE INDEX without CONCURRENTLY stops writes on {sized(context, table)} until the "
            f"index is built. {_by_partition(context, table) or _beside(context)}"
        )


def _drop(context: Context, statement: Any) -> Iterator[str]:
    if enum(statement, "remove_type") != "OBJECT_INDEX":
        return
    found = [names.of_object(item, context.facts) for item in statement.objects]
    old = {index: table_of_index(context, index) for index in existed(context, found)}
    used = {index: table for index, table in old.items() if existed(context, [table])}
    if used:
        tables = {"its table" if table == index else table for index, table in used.items()}
        yield (
            f"DROP INDEX {', '.join(used)} without CONCURRENTLY waits for, and then stops, reads "
            f"and writes on {' and '.join(sorted(tables))}. {_one_by_one(context, found)}"
        )


def _one_by_one(context: Context, indexes: list[str]) -> str:
    if len(indexes) == 1:
        return _beside(context)
    calls = [execute(f"DROP INDEX CONCURRENTLY {index}") for index in indexes]
    return f"Let it work beside the traffic, one at a time:{paste(alone(context, *calls))}"


def _reindex(context: Context) -> Iterator[str]:
    locked = {table_of_index(context, name) for name in context.statement.locks}
    tables = existed(context, locked)
    if tables:
        yield (
            f"REINDEX without CONCURRENTLY stops reads and writes on {' and '.join(tables)} until "
            f"the index is built. {_beside(context)}"
        )


def _by_partition(context: Context, table: str) -> str:
    partitions = relation(context.facts, table).partitions
    if relation(context.facts, table).kind != "p":
        return ""
    each = [f"op.create_index(..., postgresql_concurrently=True)  # on {p}" for p in partitions]
    return (
        "CONCURRENTLY does not work on a partitioned table: build the index partition by "
        "partition, and attach each:"
        + paste("op.create_index_on_only(...)", *each, "op.attach_index(...)")
    )


def _beside(context: Context) -> str:
    raw = execute(_VERB.sub(r"\1 CONCURRENTLY", context.statement.sql, count=1))
    option = "postgresql_concurrently=True"
    call = raw if is_raw(context) else with_option(as_written(context), option)
    return f"Let it work beside the traffic:{paste(alone(context, call))}"
