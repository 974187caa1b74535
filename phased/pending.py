"""What contracts that have not run yet will still do: it is no difference, and no drift."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alembic.operations import ops

from phased.dialect import dialect
from phased.errors.models import PendingContractDrops
from phased.naming import quote, relation
from phased.operations.create_domain import DropDomainOp
from phased.operations.create_primary_key_using_index import CreatePrimaryKeyUsingIndexOp
from phased.operations.create_unique_constraint_using_index import (
    CreateUniqueConstraintUsingIndexOp,
)
from phased.operations.drop_view import DropViewOp
from phased.operations.enum import DropEnumOp
from phased.operations.rename_constraint import RenameConstraintOp
from phased.operations.rename_index import RenameIndexOp
from phased.ordering import split
from phased.recipe import table_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from alembic.operations import MigrateOperation
    from sqlalchemy import Table

    Key = tuple[str, ...]

_DIALECT = dialect()


def subtract_pending(upgrade_ops: ops.OpContainer, pending: Iterable[MigrateOperation]) -> None:
    """Take out of Alembic's difference, in place, what pending contracts will do.

    Args:
        upgrade_ops: ``script.upgrade_ops``; tables without a change left in them go too.
        pending: The recorded operations of every contract that has not run.
    """
    coming = frozenset(key for op in pending for key in _effects(op))
    _subtract(upgrade_ops, coming)


def _subtract(container: ops.OpContainer, coming: frozenset[Key]) -> None:
    kept: list[MigrateOperation] = []
    for op in container.ops:
        if isinstance(op, ops.OpContainer):
            _subtract(op, coming)
            kept += [] if op.is_empty() else [op]
        elif isinstance(op, ops.AlterColumnOp):
            kept += [part for part in split(op) if not _expected(part, coming)]
        elif not _expected(op, coming):
            kept.append(op)
    container.ops = kept


def _expected(op: MigrateOperation, coming: frozenset[Key]) -> bool:
    keys = list(_effects(op))
    goes = ("drop table", table_of(op)) in coming
    return goes or (bool(keys) and coming.issuperset(keys)) or _on_dropped_columns(op, coming)


def _on_dropped_columns(op: MigrateOperation, coming: frozenset[Key]) -> bool:
    """A constraint or index that goes with one of its columns."""
    if not isinstance(op, ops.DropConstraintOp | ops.DropIndexOp):
        return False
    before = op._reverse  # noqa: SLF001 # Alembic's place for the old definition
    columns = getattr(before, "columns", None) or getattr(before, "local_cols", None) or ()
    return any(("drop column", table_of(op), str(column)) in coming for column in columns)


def _effects(op: MigrateOperation) -> Iterator[Key]:
    """What an operation leaves behind, in words that its twin in a difference shares."""
    table = table_of(op)
    if isinstance(op, ops.AlterColumnOp):
        yield from _of_column(op, table)
    elif isinstance(op, ops.DropTableOp):
        yield ("drop table", table)
    elif isinstance(op, ops.DropColumnOp):
        yield ("drop column", table, op.column_name)
    elif isinstance(op, DropEnumOp | DropDomainOp):
        yield ("drop type", relation(op.name, op.schema))
    else:
        yield from _of_named(op, table)


def _of_column(op: ops.AlterColumnOp, table: str) -> Iterator[Key]:
    place = (table, op.column_name)
    if op.modify_nullable is not None:
        yield ("nullable", *place, str(op.modify_nullable))
    if op.modify_server_default is not False:
        yield ("default", *place, _default(op))
    if op.modify_type is not None:
        yield ("type", *place, op.modify_type.compile(dialect=_DIALECT))
    if op.modify_name is not None and op.existing_type is not None:
        # A successor takes over a name, and from then on the name is of its type.
        yield ("drop column", *place)
        yield ("type", table, op.modify_name, op.existing_type.compile(dialect=_DIALECT))
    if op.modify_comment is not False:
        yield ("comment", *place, str(op.modify_comment))


def _default(op: ops.AlterColumnOp) -> str:
    held = op.modify_server_default
    held = getattr(held, "arg", held)
    if held is None or isinstance(held, str):
        return str(held)
    return str(held.compile(dialect=_DIALECT, compile_kwargs={"literal_binds": True}))


def _of_named(op: MigrateOperation, table: str) -> Iterator[Key]:
    if isinstance(op, ops.CreateIndexOp):
        yield ("create", _named(op.index_name, op.schema))
    elif isinstance(op, ops.DropIndexOp):
        yield ("drop", _named(op.index_name, op.schema))
    elif isinstance(op, ops.AddConstraintOp):
        yield ("create", table, _name(op))
    elif isinstance(op, ops.DropConstraintOp):
        yield ("drop", table, _name(op))
    else:
        yield from _of_renamed(op, table)


def _of_renamed(op: MigrateOperation, table: str) -> Iterator[Key]:
    if isinstance(op, RenameIndexOp):
        yield ("drop", _named(op.name, op.schema))
        yield ("create", _named(op.new_name, op.schema))
    elif isinstance(op, RenameConstraintOp):
        yield ("drop", table, op.old_name)
        yield ("create", table, op.new_name)
    elif isinstance(op, CreatePrimaryKeyUsingIndexOp | CreateUniqueConstraintUsingIndexOp):
        yield ("create", table, op.constraint_name)
        yield ("drop", _named(op.index_name, op.schema))


def _named(index: object, schema: str | None) -> str:
    return relation(str(index), schema)


def _name(op: MigrateOperation) -> str:
    return str(getattr(op, "constraint_name", None))


def refuse_lost(pending: Iterable[MigrateOperation], tables: Mapping[str, Table]) -> None:
    """The models must not name what a pending contract drops.

    Raises:
        PendingContractDrops: They do.
    """
    for op in pending:
        table = tables.get(table_of(op))
        if table is None:
            continue
        if isinstance(op, ops.DropTableOp | DropViewOp):
            raise PendingContractDrops(what=f"table {table_of(op)}")
        if isinstance(op, ops.DropColumnOp) and op.column_name in {c.name for c in table.columns}:
            raise PendingContractDrops(what=f"column {table_of(op)}.{quote(op.column_name)}")
