"""New columns beside old ones, both written by everybody, until the old ones are dropped."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from alembic.operations.ops import AddColumnOp, AlterColumnOp
from sqlalchemy import Identity

from phased.errors.changes import PrimaryKeyNeedsWindow
from phased.errors.succession import DefaultNeedsOld
from phased.filling import default_of, set_default, set_not_null, without_default
from phased.model import Phase
from phased.naming import quote
from phased.operations.backfill import BackfillOp
from phased.operations.carry import CarryOp
from phased.operations.note import NoteOp
from phased.operations.sync_columns import SyncColumnsOp
from phased.recipe import Phases, cost, primary_key, table_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from alembic.operations import MigrateOperation
    from sqlalchemy import Column

    from phased.recipe import Context
    from phased.succession import SucceedOp

STAYS = "{what} does not come along: {reason}"
CHANGES = "{what} comes along, and changes: {reason}"


def begun(op: SucceedOp, context: Context) -> Phases:
    """The new columns: empty, in step with the old ones, filled, then as strict as the models.

    The new columns have no default until the contract: a value in one of them means new code.

    Raises:
        PrimaryKeyNeedsWindow: An old column is part of the primary key.
        DefaultNeedsOld: What new code leaves to a default would stay NULL before the contract.
    """
    _refuse_key(op, context)
    table, schema = op.table_name, op.schema
    columns = [without_default(add.column) for add in op.adds]
    adds = (AddColumnOp(table, column, schema=schema) for column in columns)
    return Phases(
        expand=(
            *adds,
            *_relaxed(op),
            *_stand_in(op),
            _sync(op),
            *_carried(op, context, Phase.EXPAND),
        ),
        backfill=(_backfill(op), *_carried(op, context, Phase.BACKFILL)),
        contract=(*_strict(op), *_carried(op, context, Phase.CONTRACT)),
    )


def ended(op: SucceedOp) -> Phases:
    """The old columns, out of step first."""
    return Phases(contract=(_sync(op).reverse(), *op.drops))


def _relaxed(op: SucceedOp) -> Iterator[MigrateOperation]:
    """New code may write NULL, which arrives in the old columns as NULL."""
    if not any(add.column.nullable for add in op.adds):
        return
    for drop in op.drops:
        column = drop.to_column()
        if not column.nullable and not isinstance(column.server_default, Identity):
            name, schema = drop.column_name, op.schema
            yield AlterColumnOp(op.table_name, name, schema=schema, modify_nullable=True)


def _stand_in(op: SucceedOp) -> Iterator[MigrateOperation]:
    """What new code leaves to the default of a new column comes from the default of the old one."""
    for place, add in enumerate(op.adds):
        default = default_of(add.column)
        old = [drop.to_column() for drop in (op.drops if op.up else op.drops[place : place + 1])]
        if default is None or ((len(op.adds) == 1 or not op.up) and _has_default(old)):
            continue
        if op.up:
            raise DefaultNeedsOld(
                table=table_of(op),
                new=quote(str(add.column.name)),
                old=", ".join(map(quote, op.old)),
                default=default,
            )
        yield set_default(op.table_name, op.old[place], default, op.schema)


def _has_default(columns: list[Column[Any]]) -> bool:
    return any(column.server_default is not None for column in columns)


def _sync(op: SucceedOp) -> SyncColumnsOp:
    return SyncColumnsOp(
        op.table_name, old=op.old, new=op.new, up=op.up, down=op.down, schema=op.schema
    )


def _backfill(op: SucceedOp) -> BackfillOp:
    made = op.up or tuple(map(quote, op.old))
    values = dict(zip(op.new, made, strict=True))
    return BackfillOp(op.table_name, values, where=_missing(op, made), schema=op.schema)


def _missing(op: SucceedOp, made: Sequence[str]) -> str | None:
    """Nothing is there, and something is to be: new code may have left one of several NULL."""
    if len(op.new) == 1:
        return None
    new = ", ".join(map(quote, op.new))
    return f"num_nonnulls({new}) = 0 AND num_nonnulls({', '.join(made)}) > 0"


def _strict(op: SucceedOp) -> Iterator[MigrateOperation]:
    for add in op.adds:
        column, default = add.column, default_of(add.column)
        if not column.nullable:
            yield from set_not_null(op.table_name, column.name, op.schema)
        if default is not None:
            yield set_default(op.table_name, column.name, default, op.schema)


def _carried(op: SucceedOp, context: Context, phase: Phase) -> Iterator[MigrateOperation]:
    for one in context.carried.get((table_of(op), op.old), ()):
        if one.phase is phase:
            if one.reason:
                said = CHANGES if one.sql else STAYS
                yield NoteOp(said.format(what=one.what, reason=one.reason))
            for sql, undo in zip_longest(one.sql, one.undo, fillvalue=""):
                yield CarryOp(sql, back=undo)


def _refuse_key(op: SucceedOp, context: Context) -> None:
    key = primary_key(op, context)
    if set(key) & set(op.old):
        renamed = dict(zip(op.old, op.new, strict=False))
        columns = [renamed.get(name, name) for name in key]
        raise PrimaryKeyNeedsWindow(
            table=table_of(op),
            cost=cost(op, context),
            change=f"it was ({', '.join(key)}) and is to be ({', '.join(columns)})",
            columns=", ".join(f'"{name}"' for name in columns),
        )
