"""Change a foreign key: its columns, what it refers to, its actions or when it is checked.

**Why.** PostgreSQL changes no more than DEFERRABLE in place. Dropping the old foreign key first
lets rows without a parent in, so in *contract* the new one is added beside it under a name of its
own, NOT VALID and then validated; the old one goes, and the new one takes its name.

All of it waits for contract. Until then the old actions hold: a new release that wants ON DELETE
CASCADE still deletes the children itself, and the old one never has rows deleted that it thought
were protected.

Source: https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-VALIDATE-CONSTRAINT

Bad::

    def expand() -> None:
        op.drop_constraint("fk_posts_author", "posts", type_="foreignkey")
        op.create_foreign_key(
            "fk_posts_author", "posts", "users", ["author_id"], ["id"], ondelete="CASCADE"
        )

Good::

    def contract() -> None:
        op.create_foreign_key(
            "fk_posts_author_new",
            "posts",
            "users",
            ["author_id"],
            ["id"],
            ondelete="CASCADE",
            postgresql_not_valid=True,
        )
        op.validate_constraint("fk_posts_author_new", "posts")
        op.drop_constraint("fk_posts_author", "posts", type_="foreignkey")
        op.rename_constraint("fk_posts_author_new", "fk_posts_author", "posts")
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from alembic.operations.ops import CreateForeignKeyOp, DropConstraintOp
from sqlalchemy.sql.naming import conv

from phased.constraints import add_foreign_key, drop
from phased.naming import invent
from phased.operations.rename_constraint import RenameConstraintOp
from phased.recipe import Phases, Replace

if TYPE_CHECKING:
    from phased.recipe import Context

HANDLES = (Replace,)


def applies(op: Replace, context: Context) -> bool:
    """A foreign key that is dropped and created again under its name."""
    del context
    return isinstance(op.drop, DropConstraintOp) and isinstance(op.create, CreateForeignKeyOp)


def phases(op: Replace, context: Context) -> Phases:
    """The new one beside the old one, then in its place."""
    old, new = op.drop, op.create
    if not isinstance(old, DropConstraintOp) or not isinstance(new, CreateForeignKeyOp):
        raise TypeError(op)
    name = str(new.constraint_name)
    beside = conv(invent(name, "new"))
    added = add_foreign_key(new, context, name=beside)
    renamed = RenameConstraintOp(beside, name, new.source_table, schema=old.schema)
    return Phases(contract=(*added, drop(old), renamed))
