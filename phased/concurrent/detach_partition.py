"""DETACH PARTITION CONCURRENTLY works in two transactions; after the first, FINALIZE is needed.

https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DETACH-PARTITION
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from phased.naming import relation
from phased.syntax.tree import enum

if TYPE_CHECKING:
    from phased.guard import Run
    from phased.model import Step

Node = Any
NODES = ("alter_table_stmt",)
PENDING = """
SELECT inhdetachpending FROM pg_inherits
WHERE inhparent = to_regclass(%s) AND inhrelid = to_regclass(%s)
"""


def pick_up(node: Node, step: Step, run: Run, *, begun: bool) -> bool:
    """Whether the partition is on its own; half detached, it is detached the rest of the way."""
    del step
    command = node.cmds[0].alter_table_cmd
    if not begun or enum(command, "subtype") != "AT_DetachPartition":
        return False
    parent, part = _name(node.relation), _name(getattr(command, "def").partition_cmd.name)
    row = run.connection.execute(PENDING, (parent, part)).fetchone()
    if row and row[0]:
        run.connection.execute(f"ALTER TABLE {parent} DETACH PARTITION {part} FINALIZE".encode())
    return row is None or bool(row[0])


def clear(node: Node, step: Step, run: Run) -> None:
    """Nothing: the next attempt finishes it."""
    del node, step, run


def _name(node: Node) -> str:
    return relation(node.relname, node.schemaname or None)
