"""The way back of a whole change, for development: plain Alembic, in the opposite order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alembic.operations import ops

from phased.filling import bare
from phased.named_types import name_only
from phased.operations.note import NoteOp
from phased.recipe import Replace

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from alembic.operations import MigrateOperation

LOST = "{table}.{column} comes back without what it held, so it is nullable here."


def backwards(changes: Iterable[MigrateOperation]) -> list[MigrateOperation]:
    """The reverse of every change, last first.

    A column that comes back has no values. Where it was NOT NULL without a default it comes back
    nullable: the statement must be possible on a table with rows.
    """
    back = [part for op in reversed(list(changes)) for part in _back(op)]
    for op in back:
        name_only(op)
    return back


def _back(op: MigrateOperation) -> Iterator[MigrateOperation]:
    if isinstance(op, ops.DropColumnOp):
        yield from _column_back(op)
    elif isinstance(op, Replace):
        yield op.create.reverse()
        yield op.drop.reverse()
    else:
        yield op.reverse()


def _column_back(op: ops.DropColumnOp) -> Iterator[MigrateOperation]:
    column = bare(op.to_column())
    if not column.nullable and column.server_default is None:
        yield NoteOp(LOST.format(table=op.table_name, column=column.name))
        column.nullable = True
    yield ops.AddColumnOp(op.table_name, column, schema=op.schema)
