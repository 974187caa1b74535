"""The way back of a whole change, for development: plain Alembic, in the opposite order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alembic.operations import ops

from phased.filling import bare, default_of, set_default, without_default
from phased.keys import WidenOp, narrowed
from phased.named_types import name_only
from phased.naming import quote
from phased.operations.backfill import BackfillOp
from phased.operations.carry import CarryOp
from phased.operations.note import NoteOp
from phased.operations.rename_constraint import RenameConstraintOp
from phased.operations.rename_index import RenameIndexOp
from phased.operations.rename_sequence import RenameSequenceOp
from phased.recipe import Replace, table_of
from phased.succession import RenameTableOp, RetireOp, SucceedOp

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from alembic.operations import MigrateOperation

    from phased.dependents import Carried

LOST = "{table}.{column} comes back without what it held, so it is nullable here."


def backwards(
    changes: Iterable[MigrateOperation], carried: Carried | None = None
) -> list[MigrateOperation]:
    """The reverse of every change, last first.

    A column that comes back has no values. Where it was NOT NULL without a default it comes back
    nullable: the statement must be possible on a table with rows.

    Args:
        changes: In the order they are made.
        carried: What came along to new columns, and goes back to the old ones.
    """
    changes = list(changes)
    back = [part for op in reversed(changes) for part in _back(op, carried or {})]
    names = {(o.schema, o.table_name): o.new_name for o in changes if isinstance(o, RenameTableOp)}
    for op in back:
        name_only(op)
        if isinstance(op, ops.CreateForeignKeyOp):  # the table gets its old name back last of all
            place = op.kw.get("referent_schema"), op.referent_table
            op.referent_table = names.get(place, op.referent_table)
    return back


def _back(op: MigrateOperation, carried: Carried) -> Iterator[MigrateOperation]:
    if isinstance(op, ops.DropColumnOp):
        yield from _column_back(op)
    elif isinstance(op, RetireOp):
        yield from _old_columns_back(op)
    elif isinstance(op, SucceedOp):
        held = carried.get((table_of(op), op.old), ())
        yield from (CarryOp(sql) for one in reversed(held) for sql in one.back)
        yield from (added.reverse() for added in reversed(op.adds))
    elif isinstance(op, WidenOp):
        yield from narrowed(op)
    elif isinstance(op, RenameTableOp):
        yield from _table_back(op)
    elif isinstance(op, Replace):
        yield op.create.reverse()
        yield op.drop.reverse()
    else:
        yield op.reverse()


def _table_back(op: RenameTableOp) -> Iterator[MigrateOperation]:
    """The table under its old name, and all that is named after it."""
    for table, schema, old, new in op.names.foreign_keys:
        yield RenameConstraintOp(new, old, table, schema=schema)
    for old, new in op.names.sequences:
        yield RenameSequenceOp(new, old, schema=op.schema)
    for old, new in op.names.indexes:
        yield RenameIndexOp(new, old, schema=op.schema)
    for old, new in op.names.constraints:
        yield RenameConstraintOp(new, old, op.new_name, schema=op.schema)
    yield ops.RenameTableOp(op.new_name, op.table_name, schema=op.schema)


def _old_columns_back(op: RetireOp) -> Iterator[MigrateOperation]:
    """The old columns, filled from the new ones, and then as strict as they were."""
    columns = [drop.to_column() for drop in op.drops]
    down = op.down or tuple(map(quote, op.new))
    for column in columns:
        yield ops.AddColumnOp(op.table_name, without_default(column), schema=op.schema)
    yield BackfillOp(op.table_name, dict(zip(op.old, down, strict=True)), schema=op.schema)
    for column in columns:
        default = default_of(column)
        if default is not None:
            yield set_default(op.table_name, column.name, default, op.schema)
        if not column.nullable:
            yield ops.AlterColumnOp(
                op.table_name, column.name, schema=op.schema, modify_nullable=False
            )


def _column_back(op: ops.DropColumnOp) -> Iterator[MigrateOperation]:
    column = bare(op.to_column())
    if not column.nullable and column.server_default is None:
        yield NoteOp(LOST.format(table=op.table_name, column=column.name))
        column.nullable = True
    yield ops.AddColumnOp(op.table_name, column, schema=op.schema)
