"""Change an index: other columns, expressions, WHERE, INCLUDE, method or uniqueness.

**Why.** PostgreSQL does not alter the definition of an index. Dropping it first leaves queries
without one for as long as the new one takes to build, and a unique one lets duplicates in. So the
new index is built first, CONCURRENTLY and under a name of its own; in *contract* the old one is
dropped CONCURRENTLY, and the new one takes its name, which changes only the catalog.

A new index that is unique restricts, so it is built in contract, unless it is over columns that
this revision adds.

Source: https://www.postgresql.org/docs/current/sql-createindex.html

Bad::

    def expand() -> None:
        op.drop_index("ix_users_email", table_name="users")
        op.create_index("ix_users_email", "users", ["email", "tenant"])

Good::

    def expand() -> None:
        op.create_index(
            "ix_users_email_new", "users", ["email", "tenant"], postgresql_concurrently=True
        )

    def contract() -> None:
        op.drop_index("ix_users_email", table_name="users", postgresql_concurrently=True)
        op.rename_index("ix_users_email_new", "ix_users_email")
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from alembic.operations.ops import CreateIndexOp, DropIndexOp

from phased.indexes import build, drop, index_phase, like
from phased.model import Phase
from phased.naming import invent
from phased.operations.rename_index import RenameIndexOp
from phased.recipe import Phases, Replace

if TYPE_CHECKING:
    from phased.recipe import Context

HANDLES = (Replace,)


def applies(op: Replace, context: Context) -> bool:
    """An index that is dropped and created again under its name."""
    del context
    return isinstance(op.drop, DropIndexOp) and isinstance(op.create, CreateIndexOp)


def phases(op: Replace, context: Context) -> Phases:
    """The new one beside the old one, then in its place."""
    old, new = op.drop, op.create
    if not isinstance(old, DropIndexOp) or not isinstance(new, CreateIndexOp):
        raise TypeError(op)
    name = str(new.index_name)
    beside = like(new, name=invent(name, "new"))
    built = build(beside, context)
    swapped = (*drop(old, context), RenameIndexOp(invent(name, "new"), name, schema=new.schema))
    phase = index_phase(beside, context)
    if phase is Phase.CONTRACT:
        return Phases(contract=(*built, *swapped))
    return Phases(**{phase.word: built}, contract=swapped)
