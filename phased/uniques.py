"""A unique index first, then a UNIQUE constraint that uses it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alembic.operations.ops import CreateIndexOp, CreateUniqueConstraintOp, DropConstraintOp

from phased.indexes import CONCURRENTLY, attach, remarks
from phased.naming import invent
from phased.operations.create_unique_constraint_on_only import CreateUniqueConstraintOnOnlyOp
from phased.operations.create_unique_constraint_using_index import (
    CreateUniqueConstraintUsingIndexOp,
)
from phased.partitions import is_partitioned, partitions
from phased.recipe import facts_of, table_of

if TYPE_CHECKING:
    from alembic.operations import MigrateOperation

    from phased.partitions import Partition
    from phased.recipe import Context

TIMING = ("deferrable", "initially")


def add(
    op: CreateUniqueConstraintOp, context: Context, name: str | None = None
) -> tuple[MigrateOperation, ...]:
    """Add the constraint, under another name if one is given, without blocking reads or writes."""
    name = str(name or op.constraint_name)
    said = remarks(op, [str(column) for column in op.columns], context)
    if not is_partitioned(op, context):
        return (*said, *_using_index(op, name, op.table_name, op.schema))
    below = partitions(op, context)
    each = [operation for p in below for operation in _for_partition(op, name, p)]
    own = _on_only(op, name, op.table_name, op.schema)
    return (*each, own, *attach(op, name, below))


def refuses_new_rows(op: DropConstraintOp, context: Context) -> bool:
    """Whether columns that leave the models are the same in all rows that new code writes."""
    before = op._reverse  # noqa: SLF001 # Alembic's place for the old definition
    if not isinstance(before, CreateUniqueConstraintOp):
        return False
    leaving = {str(c) for c in before.columns if (table_of(op), str(c)) in context.dropped}
    mine = [one for one in context.successions if table_of(one) == table_of(op)]
    leaving -= {old for one in mine for old in one.old}  # a trigger writes them
    columns = facts_of(op, context).columns
    defaults = all(name in columns and columns[name].default for name in leaving)
    nulls_clash = bool(before.kw.get("postgresql_nulls_not_distinct"))
    return bool(leaving) and (defaults or nulls_clash)


def _using_index(
    op: CreateUniqueConstraintOp, name: str, table: str, schema: str | None
) -> tuple[MigrateOperation, ...]:
    options: dict[str, Any] = {key: value for key, value in op.kw.items() if key not in TIMING}
    options |= CONCURRENTLY
    index = CreateIndexOp(name, table, op.columns, schema=schema, unique=True, **options)
    timing = {key: op.kw[key] for key in TIMING if key in op.kw}
    constraint = CreateUniqueConstraintUsingIndexOp(name, table, name, schema=schema, **timing)
    return (index, constraint)


def _for_partition(
    op: CreateUniqueConstraintOp, name: str, p: Partition
) -> tuple[MigrateOperation, ...]:
    own = invent(p.name, name)
    if p.partitioned:
        return (_on_only(op, own, p.name, p.schema),)
    return _using_index(op, own, p.name, p.schema)


def _on_only(
    op: CreateUniqueConstraintOp, name: str, table: str, schema: str | None
) -> CreateUniqueConstraintOnOnlyOp:
    return CreateUniqueConstraintOnOnlyOp(name, table, op.columns, schema=schema, **op.kw)
