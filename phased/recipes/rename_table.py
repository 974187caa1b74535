"""Rename a table that releases of both names are using.

**Why.** Renamed alone, every query of the running release fails at once. So the old name is given
to a view of the table in the same transaction: there is no moment without either name. The view
goes when no release that knows it is left.

The rename that needs no migration at all comes first: ``__tablename__ = "users"`` on a class of any
name leaves the database as it is.

An updatable view is not a table. ``INSERT``, ``UPDATE``, ``DELETE``, ``RETURNING``, ``FOR UPDATE``
and ``ON CONFLICT (column)`` go through it, with the table's defaults, triggers, rights and
policies. What does not is written into the revision and listed by ``phased plan``: read it before
old code meets it.

Constraints and indexes that are named after the table take their new names with it: new code may
name them, and ``ON CONFLICT ON CONSTRAINT`` does not work through a view anyway. Sequences and the
foreign keys of other tables, which old code may still name, take theirs in *contract*. Foreign keys
follow the table by themselves: none is dropped or checked again.

Say it in the model, ``__table_args__ = {"info": renamed_from("users")}``, or with
``alembic -x rename=users:people revision --autogenerate``; on a terminal it is asked.

Source: https://www.postgresql.org/docs/current/sql-createview.html#SQL-CREATEVIEW-UPDATABLE-VIEWS

Bad::

    def expand() -> None:
        op.rename_table("users", "people")

Good::

    def expand() -> None:
        op.rename_table_through_view("users", "people")
        op.rename_constraint("pk_users", "pk_people", "people")

    def contract() -> None:
        op.drop_view("users")
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from phased.operations.drop_view import DropViewOp
from phased.operations.note import NoteOp
from phased.operations.rename_constraint import RenameConstraintOp
from phased.operations.rename_index import RenameIndexOp
from phased.operations.rename_sequence import RenameSequenceOp
from phased.operations.rename_table_through_view import RenameTableThroughViewOp
from phased.recipe import Phases
from phased.succession import RenameTableOp
from phased.view_limits import said

if TYPE_CHECKING:
    from collections.abc import Iterator

    from alembic.operations import MigrateOperation

    from phased.recipe import Context

HANDLES = (RenameTableOp,)
INVOKER_SINCE = 15


def applies(op: RenameTableOp, context: Context) -> bool:
    """Every table that is called otherwise."""
    del op, context
    return True


def phases(op: RenameTableOp, context: Context) -> Phases:
    """The table under its new name and a view under the old one; later without the view."""
    server = context.facts.server
    note = NoteOp(said(op.table_name, op.new_name, server))
    return Phases(expand=(note, *_rename(op, server)), contract=tuple(_end(op)))


def _rename(op: RenameTableOp, server: int) -> Iterator[MigrateOperation]:
    invoker, table, schema = server >= INVOKER_SINCE, op.new_name, op.schema
    yield RenameTableThroughViewOp(op.table_name, table, schema=schema, security_invoker=invoker)
    for old, new in op.names.constraints:
        yield RenameConstraintOp(old, new, table, schema=schema)
    for old, new in op.names.indexes:
        yield RenameIndexOp(old, new, schema=schema)


def _end(op: RenameTableOp) -> Iterator[MigrateOperation]:
    yield DropViewOp(op.table_name, schema=op.schema)
    for old, new in op.names.sequences:
        yield RenameSequenceOp(old, new, schema=op.schema)
    for table, schema, old, new in op.names.foreign_keys:
        yield RenameConstraintOp(old, new, table, schema=schema)
