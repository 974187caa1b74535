"""The type of a column changes in place while code that selects it is running.

**Why.** Drivers prepare the statements they repeat (psycopg after five executions). When the
type of a selected column changes, even from varchar(50) to varchar(100), the server refuses the
prepared statement: ``cached plan must not change result type`` (0A000), once on each connection,
and on every execution where the connection is in autocommit. That the change itself is free does
not help.

Source: https://www.postgresql.org/docs/current/sql-prepare.html

Bad::

    def contract() -> None:
        op.alter_column("users", "email", type_=sa.String(100), existing_type=sa.String(50))

Good::

    def contract() -> None:
        op.alter_column("users", "email", comment="where invoices go", existing_type=sa.String(50))
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from phased.facts.questions import is_added
from phased.model import Severity
from phased.naming import quote
from phased.rule import commands, existed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from phased.rule import Context

SEVERITY = Severity.WARNING


def judge(context: Context) -> Iterator[str]:
    """ALTER COLUMN … TYPE on a column that was there before; a rewrite is another rule's error."""
    for table, command, tree in commands(context):
        if command != "AT_AlterColumnType" or table in context.statement.rewrites:
            continue
        if existed(context, [table]) and not is_added(context.facts, table, [tree.name]):
            yield _message(f"{table}.{quote(tree.name)}")


def _message(column: str) -> str:
    return (
        f"Changing the type of {column} makes prepared statements that select it fail once on each "
        "connection (0A000: cached plan must not change result type). Where that matters, turn "
        "preparation off in the release that is running before this runs:\n\n"
        '    create_engine(url, connect_args={"prepare_threshold": None})'
    )
