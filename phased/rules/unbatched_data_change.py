"""Rows of an existing table are changed in one statement.

**Why.** One UPDATE or DELETE over a large table keeps every row it touched locked until it is done,
so writes of the running release wait behind it. It makes one long transaction that holds back
VACUUM in the whole database, and a failure at the end throws everything away. ``op.backfill`` works
in small batches, commits each, waits where it is in the way, and goes on where it stopped.

Source: https://www.postgresql.org/docs/current/routine-vacuuming.html#VACUUM-FOR-SPACE-RECOVERY

Bad::

    def expand() -> None:
        op.execute("UPDATE users SET locale = 'en' WHERE locale IS NULL")

Good::

    def backfill() -> None:
        op.backfill("users", {"locale": "'en'"}, where="locale IS NULL")
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from phased.advice import as_written, filled, in_phase, paste
from phased.model import Phase
from phased.rule import existed, node, sized
from phased.syntax import names
from phased.syntax.expressions import printed
from phased.syntax.tree import kind, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from phased.rule import Context

_CHANGES = {"UpdateStmt": "UPDATE", "DeleteStmt": "DELETE", "MergeStmt": "MERGE"}
_QUERIES = {"update_stmt", "delete_stmt", "merge_stmt", "insert_stmt", "select_stmt"}


def judge(context: Context) -> Iterator[str]:
    """UPDATE, DELETE and MERGE outside of ``op.backfill``, also in a WITH."""
    which, statement = node(context)
    if context.step.backfill is not None or which not in _QUERIES:
        return
    for part in walk(statement):
        if kind(part) in _CHANGES:
            table = names.of(part.relation, context.facts)
            if existed(context, [table]):
                yield _message(part, table, context)


def _message(part: Any, table: str, context: Context) -> str:
    return (
        f"One {_CHANGES[kind(part)]} over {sized(context, table)} keeps every row it changes "
        "locked until all are done, and writes of the running release wait. "
        f"{_instead(part, table, context)}"
    )


def _instead(part: Any, table: str, context: Context) -> str:
    if kind(part) == "UpdateStmt" and _is_plain(part):
        values = {t.res_target.name: str(printed(t.res_target.val)) for t in part.target_list}
        where = str(printed(part.where_clause)) if part.HasField("where_clause") else ""
        call = f"op.backfill({filled(table, values, where)})"
        return f"Change them in batches{in_phase(context, Phase.BACKFILL, call)}"
    return "Change them in batches outside of the migration, or, where they are few, say so:" + (
        paste("# phased: allow unbatched_data_change because <reason>", as_written(context))
    )


def _is_plain(part: Any) -> bool:
    assigned = (target.res_target.val.WhichOneof("node") for target in part.target_list)
    return not part.from_clause and "multi_assign_ref" not in assigned
