"""Drop a foreign key.

**Why.** It relaxes: old code's rows pass without it too, and new code may write what it refuses. So
it goes in *expand*, unless it acts: old code that deletes a parent and relies on ON DELETE CASCADE,
SET NULL or SET DEFAULT (or ON UPDATE) to deal with the children would leave them behind. Such a
foreign key is dropped in *contract*. So is one from or to a column that a new one carries on: the
new column has its own only in contract, and until then this one guards the rows of both.

DROP CONSTRAINT takes ACCESS EXCLUSIVE on both tables, the referenced one too. No row is read; the
runner takes both locks first, or neither.

Source: https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-FK

Bad::

    def expand() -> None:  # ON DELETE CASCADE: the old release's deletes leave orphans
        op.drop_constraint("fk_posts_author", "posts", type_="foreignkey")

Good::

    def contract() -> None:
        op.drop_constraint("fk_posts_author", "posts", type_="foreignkey")
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from alembic.operations.ops import CreateForeignKeyOp, DropConstraintOp

from phased.constraints import drop
from phased.naming import relation
from phased.recipe import Phases, succeeded, table_of

if TYPE_CHECKING:
    from phased.recipe import Context

HANDLES = (DropConstraintOp,)
PASSIVE = {None, "NO ACTION", "RESTRICT"}


def applies(op: DropConstraintOp, context: Context) -> bool:
    """A foreign key that leaves the models."""
    del context
    return op.constraint_type == "foreignkey"


def phases(op: DropConstraintOp, context: Context) -> Phases:
    """As early as old code can do without it; before the table goes, where that goes too."""
    late = _acts(op) or _guards_succeeded(op, context)
    return Phases(contract=(drop(op),)) if late else Phases(expand=(drop(op),))


def _guards_succeeded(op: DropConstraintOp, context: Context) -> bool:
    before = op._reverse  # noqa: SLF001 # Alembic's place for the old definition
    if not isinstance(before, CreateForeignKeyOp):
        return False
    target = relation(before.referent_table, before.kw.get("referent_schema"))
    local = succeeded(table_of(op), before.local_cols, context)
    return local or succeeded(target, before.remote_cols, context)


def _acts(op: DropConstraintOp) -> bool:
    before = op._reverse  # noqa: SLF001 # Alembic's place for the old definition
    if not isinstance(before, CreateForeignKeyOp):
        return True
    actions = {before.kw.get("ondelete"), before.kw.get("onupdate")}
    return not {action and action.upper() for action in actions} <= PASSIVE
