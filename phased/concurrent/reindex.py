"""REINDEX CONCURRENTLY leaves INVALID indexes whose names end in `_ccnew` or `_ccold`.

https://www.postgresql.org/docs/current/sql-reindex.html#SQL-REINDEX-CONCURRENTLY
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from phased.guard import tell
from phased.naming import relation

if TYPE_CHECKING:
    from phased.guard import Run
    from phased.model import Step

Node = Any
NODES = ("reindex_stmt",)
LEFT = """
SELECT i.indexrelid::regclass::text
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
WHERE NOT i.indisvalid AND c.relname ~ '_cc(new|old)[0-9]*$' AND i.indrelid = coalesce(
    (SELECT named.indrelid FROM pg_index named WHERE named.indexrelid = to_regclass(%(name)s)),
    to_regclass(%(name)s))
ORDER BY 1
"""


def pick_up(node: Node, step: Step, run: Run, *, begun: bool) -> bool:
    """Never done: an index does not show how often it was built."""
    if begun:
        clear(node, step, run)
    return False


def clear(node: Node, step: Step, run: Run) -> None:
    """Drop the new copies that were not finished, and the old ones that were replaced."""
    named = {"name": relation(node.relation.relname, node.relation.schemaname or None)}
    for (name,) in run.connection.execute(LEFT, named).fetchall():
        tell(run, "notice", f"dropping {name}: an attempt left it INVALID", step)
        run.connection.execute(f"DROP INDEX CONCURRENTLY {name}".encode())
