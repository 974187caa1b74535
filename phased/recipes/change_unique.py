"""Change a UNIQUE constraint: its columns, NULLS NOT DISTINCT, INCLUDE or when it is checked.

**Why.** PostgreSQL does not alter it in place, and dropping it first lets duplicates in, and makes
old code's ON CONFLICT fail. So in *contract* the new one is added beside it under a name of its own
(a unique index built CONCURRENTLY, then the constraint), the old one goes, and the new one takes
its name; its index is renamed with it.

All of it waits for contract: the new one refuses what old code may still write. Until then the old
one refuses what only the new one accepts. Over columns that carry on those of the old one it
refuses nothing more, and is there for ON CONFLICT when new code comes.

Source: https://www.postgresql.org/docs/current/sql-altertable.html

Bad::

    def expand() -> None:
        op.drop_constraint("uq_users_email", "users", type_="unique")
        op.create_unique_constraint("uq_users_email", "users", ["tenant", "email"])

Good::

    def contract() -> None:
        op.create_index(
            "uq_users_email_new",
            "users",
            ["tenant", "email"],
            unique=True,
            postgresql_concurrently=True,
        )
        op.create_unique_constraint_using_index(
            "uq_users_email_new", "users", "uq_users_email_new"
        )
        op.drop_constraint("uq_users_email", "users", type_="unique")
        op.rename_constraint("uq_users_email_new", "uq_users_email", "users")
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from alembic.operations.ops import (
    CreateIndexOp,
    CreateUniqueConstraintOp,
    DropConstraintOp,
    DropIndexOp,
)

from phased import constraints, indexes, uniques
from phased.naming import invent
from phased.operations.rename_constraint import RenameConstraintOp
from phased.operations.rename_index import RenameIndexOp
from phased.recipe import Phases, Replace

if TYPE_CHECKING:
    from alembic.operations import MigrateOperation

    from phased.recipe import Context

HANDLES = (Replace,)


def applies(op: Replace, context: Context) -> bool:
    """A UNIQUE constraint under the name of another, or one that was or becomes an index."""
    del context
    dropped = isinstance(op.drop, DropConstraintOp)
    if isinstance(op.create, CreateUniqueConstraintOp):
        return dropped or isinstance(op.drop, DropIndexOp)
    return dropped and isinstance(op.create, CreateIndexOp)


def phases(op: Replace, context: Context) -> Phases:
    """The new one beside the old one, then in its place."""
    built, renamed = _beside(op.create, context)
    early = isinstance(op.create, CreateUniqueConstraintOp) and indexes.harmless(
        op.create, op.create.columns, context
    )
    gone = (
        indexes.drop(op.drop, context)
        if isinstance(op.drop, DropIndexOp)
        else (constraints.drop(op.drop),)
    )
    if early:
        return Phases(backfill=built, contract=(*gone, renamed))
    return Phases(contract=(*built, *gone, renamed))


def _beside(
    new: MigrateOperation, context: Context
) -> tuple[tuple[MigrateOperation, ...], MigrateOperation]:
    if isinstance(new, CreateIndexOp):
        name = str(new.index_name)
        beside = indexes.like(new, name=invent(name, "new"))
        renamed = RenameIndexOp(invent(name, "new"), name, schema=new.schema)
        return indexes.build(beside, context), renamed
    if not isinstance(new, CreateUniqueConstraintOp):
        raise TypeError(new)
    name = str(new.constraint_name)
    added = uniques.add(new, context, invent(name, "new"))
    return added, RenameConstraintOp(invent(name, "new"), name, new.table_name, schema=new.schema)
