"""Add a foreign key to a table that is in use.

**Why.** ADD FOREIGN KEY takes SHARE ROW EXCLUSIVE on both tables, and then reads the whole child
table and looks up every row in the parent: all writes to both wait for that. NOT VALID skips the
reading and judges new rows only; VALIDATE CONSTRAINT does it in a step of its own, while writes go
on.

- A NOT VALID foreign key already refuses what old code may still write: *contract*.
- It is *expand* where every column is added by this revision and stays NULL until new code writes
  it: nothing that old code writes can break it, and new code's rows never lose their parent.
- Columns that are filled by a hint or a default wait for contract: the foreign key would judge rows
  that old code writes without knowing of it.
- Deleting a parent row looks for its children: without an index that leads with the child's columns
  that is a scan of the table for each. Declare one in the model, it is built first, in expand. It
  is not added silently: an index that the models do not have would be dropped by the next revision.
- Before PostgreSQL 18 a partitioned table takes no NOT VALID foreign key. Each partition gets it
  that way, then the parent's adopts them without reading a row. The partitions are those of the
  database that the revision was written against.

Rows without a parent make VALIDATE fail; nothing is lost, the foreign key stays NOT VALID, and the
same command goes on once they are gone::

    SELECT * FROM posts WHERE NOT EXISTS (SELECT FROM users WHERE users.id = posts.author_id);

Source: https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-VALIDATE-CONSTRAINT

Bad::

    def expand() -> None:
        op.create_foreign_key("fk_posts_author", "posts", "users", ["author_id"], ["id"])

Good::

    def contract() -> None:
        op.create_foreign_key(
            "fk_posts_author",
            "posts",
            "users",
            ["author_id"],
            ["id"],
            postgresql_not_valid=True,
        )
        op.validate_constraint("fk_posts_author", "posts")
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from alembic.operations.ops import CreateForeignKeyOp

from phased.constraints import add_foreign_key, left_null
from phased.recipe import Phases, is_new

if TYPE_CHECKING:
    from phased.recipe import Context

HANDLES = (CreateForeignKeyOp,)


def applies(op: CreateForeignKeyOp, context: Context) -> bool:
    """Every new foreign key."""
    del op, context
    return True


def phases(op: CreateForeignKeyOp, context: Context) -> Phases:
    """NOT VALID, then VALIDATE."""
    if is_new(op, context):
        return Phases(expand=(op,))
    added = add_foreign_key(op, context)
    if left_null(op, op.local_cols, context):
        return Phases(expand=added)
    return Phases(contract=added)
