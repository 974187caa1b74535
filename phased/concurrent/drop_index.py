"""DROP INDEX CONCURRENTLY leaves an INVALID index, which the same statement drops.

https://www.postgresql.org/docs/current/sql-dropindex.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from phased.naming import relation
from phased.syntax.tree import strings

if TYPE_CHECKING:
    from phased.guard import Run
    from phased.model import Step

Node = Any
NODES = ("drop_stmt",)


def pick_up(node: Node, step: Step, run: Run, *, begun: bool) -> bool:
    """Whether the index has gone since the statement was first sent."""
    del step
    names = strings(node.objects[0].list.items)
    name = relation(names[-1], names[-2] if len(names) > 1 else None)
    row = run.connection.execute("SELECT to_regclass(%s) IS NULL", (name,)).fetchone()
    return begun and bool(row and row[0])


def clear(node: Node, step: Step, run: Run) -> None:
    """Nothing: the same statement goes on from here."""
    del node, step, run
