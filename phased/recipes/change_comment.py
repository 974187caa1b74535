"""Change the comment of a column or of a table.

**Why.** A comment is for people: no release reads it, so it is *expand*, as it is. COMMENT takes
SHARE UPDATE EXCLUSIVE, which lets reads and writes go on.

Source: https://www.postgresql.org/docs/current/sql-comment.html

Bad::

    def expand() -> None:  # its type as well: the change of the type decides when, and how
        op.alter_column("users", "locale", comment="BCP 47", type_=sa.Text())

Good::

    def expand() -> None:
        op.alter_column("users", "locale", comment="BCP 47")
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from alembic.operations.ops import AlterColumnOp, CreateTableCommentOp, DropTableCommentOp

from phased.recipe import Phases

if TYPE_CHECKING:
    from alembic.operations import MigrateOperation

    from phased.recipe import Context

HANDLES = (AlterColumnOp, CreateTableCommentOp, DropTableCommentOp)


def applies(op: MigrateOperation, context: Context) -> bool:
    """A comment and nothing else."""
    del context
    return not isinstance(op, AlterColumnOp) or _only_the_comment(op)


def phases(op: MigrateOperation, context: Context) -> Phases:
    """In expand."""
    del context
    return Phases(expand=(op,))


def _only_the_comment(op: AlterColumnOp) -> bool:
    others = (op.modify_type, op.modify_nullable, op.modify_name)
    unchanged = all(change is None for change in others) and op.modify_server_default is False
    return op.modify_comment is not False and unchanged
