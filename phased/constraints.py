"""NOT VALID, then VALIDATE: a CHECK or FOREIGN KEY on a table that is in use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alembic.operations.ops import CreateCheckConstraintOp, CreateForeignKeyOp, DropConstraintOp

from phased.hints import CONVERTED_FROM, FILLED_BY, RENAMED_FROM
from phased.operations.note import NoteOp
from phased.operations.validate_constraint import ValidateConstraintOp
from phased.partitions import is_partitioned, leaves
from phased.recipe import hint, model_column, only_added

if TYPE_CHECKING:
    from collections.abc import Iterable

    from alembic.operations import MigrateOperation
    from sqlalchemy import Column

    from phased.recipe import Context

HINTS = (CONVERTED_FROM, FILLED_BY, RENAMED_FROM)
ADOPTS = "phased: allow scan_under_blocking_lock because it adopts the partitions' foreign keys"
NOT_VALID = {"postgresql_not_valid": True}
CASCADES = 18  # from this version on, NOT VALID works on a partitioned table's foreign key


def add_check(op: CreateCheckConstraintOp, **changes: Any) -> tuple[MigrateOperation, ...]:
    """Add the check NOT VALID, then validate it; both reach the partitions by themselves."""
    held = check_like(op, **changes, **NOT_VALID)
    return (held, validate(held.constraint_name, held.table_name, held.schema))


def check_like(op: CreateCheckConstraintOp, **changes: Any) -> CreateCheckConstraintOp:
    """The same check with another ``name``, ``condition`` or PostgreSQL option."""
    name = changes.pop("name", op.constraint_name)
    condition = changes.pop("condition", op.condition)
    options = {**op.kw, **changes}
    return CreateCheckConstraintOp(name, op.table_name, condition, schema=op.schema, **options)


def add_foreign_key(
    op: CreateForeignKeyOp, context: Context, **changes: Any
) -> tuple[MigrateOperation, ...]:
    """Add the foreign key NOT VALID, then validate it.

    Before PostgreSQL 18 a partitioned table does not take NOT VALID: each partition gets the
    foreign key that way, and the parent's adopts them without reading a row.
    """
    if not is_partitioned(op, context) or context.facts.server >= CASCADES:
        return _not_valid_then_validate(foreign_key_like(op, **changes))
    each = [
        foreign_key_like(op, **{**changes, "table": leaf.name, "source_schema": leaf.schema})
        for leaf in leaves(op, context)
    ]
    added = [operation for one in each for operation in _not_valid_then_validate(one)]
    return (*added, NoteOp(ADOPTS), foreign_key_like(op, **changes))


def foreign_key_like(op: CreateForeignKeyOp, **changes: Any) -> CreateForeignKeyOp:
    """The same foreign key with another ``name``, ``table`` or keyword."""
    name = changes.pop("name", op.constraint_name)
    table = changes.pop("table", op.source_table)
    columns = (op.local_cols, op.remote_cols)
    return CreateForeignKeyOp(name, table, op.referent_table, *columns, **{**op.kw, **changes})


def validate(name: object, table: str, schema: str | None) -> ValidateConstraintOp:
    """Check the rows that were there before."""
    return ValidateConstraintOp(str(name), table, schema=schema)


def drop(op: Any, name: str | None = None) -> DropConstraintOp:
    """Drop the constraint of a ``DropConstraintOp``, or one of another name on its table."""
    kind, schema = op.constraint_type, op.schema
    reverse = None if name else op._reverse  # noqa: SLF001 # Alembic's place for the old definition
    return DropConstraintOp(
        name or op.constraint_name, op.table_name, kind, schema=schema, _reverse=reverse
    )


def _not_valid_then_validate(op: CreateForeignKeyOp) -> tuple[MigrateOperation, ...]:
    added = foreign_key_like(op, **NOT_VALID)
    return (added, validate(added.constraint_name, added.source_table, op.kw.get("source_schema")))


def left_null(op: MigrateOperation, columns: Iterable[str], context: Context) -> bool:
    """Whether this revision adds all of the columns, and only new code ever writes them.

    A default, or a hint that fills the column, puts values there that old code's rows get too.
    """
    named = tuple(columns)
    models = [model_column(op, name, context) for name in named]
    return bool(named) and only_added(op, named, context) and not any(map(_filled, models))


def _filled(column: Column[Any] | None) -> bool:
    if column is None:
        return True
    hinted = any(hint(column, key) is not None for key in HINTS)
    return hinted or column.server_default is not None
