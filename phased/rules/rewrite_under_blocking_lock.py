"""A table is written anew while a lock stops reads and writes.

**Why.** A default that differs from row to row, a STORED generated column, serial and identity, and
most changes of a type make PostgreSQL copy the whole table and build all its indexes again, under
ACCESS EXCLUSIVE. Nothing reads or writes the table until that is done, and it needs its size again
on disk. Add the column empty, fill it in batches, and then set what must hold.

Source: https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES

Bad::

    def expand() -> None:
        op.add_column(
            "users", sa.Column("token", sa.Uuid(), server_default=sa.text("gen_random_uuid()"))
        )

Good::

    def expand() -> None:
        op.add_column("users", sa.Column("token", sa.Uuid()))
        op.alter_column("users", "token", server_default=sa.text("gen_random_uuid()"))

    def backfill() -> None:
        op.backfill("users", {"token": "gen_random_uuid()"})
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from phased.advice import execute, filled, paste, string
from phased.facts.questions import relation
from phased.model import Lock
from phased.naming import quote
from phased.rule import blocked, commands, existed, node, sized
from phased.syntax import types
from phased.syntax.columns import default, defined
from phased.syntax.expressions import printed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from phased.rule import Context

_VIEW = re.compile(r"(?i)\b(MATERIALIZED\s+VIEW)\b")


def judge(context: Context) -> Iterator[str]:
    """A rewrite of a table that somebody may be using.

    TRUNCATE has nothing to write, and REINDEX is a rule of its own.
    """
    if node(context)[0] in {"truncate_stmt", "reindex_stmt"}:
        return
    for table in existed(context, context.statement.rewrites):
        lock = context.statement.locks.get(table, Lock.ACCESS_EXCLUSIVE)
        if lock.blocks_writes:
            yield (
                f"This writes all of {sized(context, table)} anew under {lock.sql}, which stops "
                f"{blocked(lock)} until it is done. {_instead(context)}"
            )
            return


def _instead(context: Context) -> str:
    for table, command, tree in commands(context):
        column = getattr(tree, "def").column_def
        if command == "AT_AddColumn" and default(column) is not None:
            return _fill(table, column, context)
        if command == "AT_AlterColumnType":
            held = relation(context.facts, table).columns.get(tree.name)
            kinds = types.show(types.of(column.type_name)), held.type if held else ""
            return _new_column(tree.name, *kinds)
    if node(context)[0] == "refresh_mat_view_stmt":
        return _refresh(context)
    return "Make a new column or table, fill it in batches with op.backfill, and change over."


def _refresh(context: Context) -> str:
    sql = _VIEW.sub(r"\1 CONCURRENTLY", context.statement.sql, count=1)
    return f"With a unique index on it, readers need not wait:{paste(execute(sql))}"


def _fill(table: str, column: Any, context: Context) -> str:
    name, value = quote(column.colname), str(printed(default(column)))
    kind = defined(column, table, context.facts).type
    return (
        "Add the column empty and let new rows have the default; in backfill(), fill the others:"
        + paste(
            execute(f"ALTER TABLE {table} ADD COLUMN {name} {kind}"),
            execute(f"ALTER TABLE {table} ALTER COLUMN {name} SET DEFAULT {value}"),
            f"op.backfill({filled(table, {column.colname: value})})",
        )
    )


def _new_column(name: str, kind: str, old: str) -> str:
    new = f"{name}_v2"
    up, down = string(f"{quote(name)}::{kind}"), string(f"{quote(new)}::{old or '...'}")
    hint = f"info=converted_from({string(name)}, up={up}, down={down})"
    return (
        "Give the values a new column of the new type; in the model, the attribute keeps its name:"
        + paste(f"mapped_column({string(new)}, ..., {hint})")
    )
