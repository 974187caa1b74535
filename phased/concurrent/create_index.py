"""CREATE INDEX CONCURRENTLY leaves an INVALID index, which costs writes and serves nobody.

Ours is dropped and built again; one that is valid was finished before that could be recorded.
`IF NOT EXISTS` would keep the corpse.

https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from phased.errors.running import NameTaken
from phased.fact import Facts
from phased.guard import tell
from phased.index_state import find, is_built_as, table_of
from phased.syntax.indexes import name_of
from phased.syntax.names import of

if TYPE_CHECKING:
    from phased.guard import Run
    from phased.index_state import Found
    from phased.model import Step

Node = Any
NODES = ("index_stmt",)
TAKEN = "the name is taken by {}"
WORDS = {"i": "an index of another table", "I": "an index of another table", "v": "a view"}


def pick_up(node: Node, step: Step, run: Run, *, begun: bool) -> bool:
    """Whether the index is there as it is wanted.

    Raises:
        NameTaken: Something else has its name, or it is not ours and not finished.
    """
    found = find(run.connection, node, name(node))
    if found is None or not (begun or node.idxname):
        return False
    if not found.on_table:
        raise _taken(node, found, TAKEN.format(WORDS.get(found.kind, "a relation")), step, run)
    if not (begun or node.if_not_exists):
        raise _taken(node, found, "an index of that name is there already", step, run)
    if found.valid:
        return _accept(node, found, step, run)
    if not begun:
        raise _taken(node, found, "an INVALID index of that name is there already", step, run)
    clear(node, step, run)
    return False


def clear(node: Node, step: Step, run: Run) -> None:
    """Drop the index if it is INVALID."""
    found = find(run.connection, node, name(node))
    if found is not None and found.on_table and not found.valid:
        tell(run, "notice", f"dropping {found.name}: an attempt left it INVALID", step)
        run.connection.execute(f"DROP INDEX CONCURRENTLY {found.name}".encode())


def _accept(node: Node, found: Found, step: Step, run: Run) -> bool:
    if not is_built_as(run.connection, node, found):
        raise _taken(node, found, "an index of that name is another one", step, run)
    return True


def name(node: Node) -> str:
    """The name (unquoted) that the index has, or would get first."""
    return name_of(node, of(node.relation, Facts()), Facts())


def _taken(node: Node, found: Found, reason: str, step: Step, run: Run) -> NameTaken:
    is_index = found.kind in {"i", "I"}
    drop = f"DROP INDEX CONCURRENTLY {found.name}" if is_index else f"DROP … {found.name}"
    return NameTaken(
        revision=run.plan.revision,
        phase=step.phase.word,
        position=step.position + 1,
        index=found.name,
        table=table_of(node),
        reason=reason,
        definition=found.definition or f"{found.name} (relkind {found.kind})",
        drop=drop,
        command=run.command,
    )
