"""``op.attach_index()``: a partition's index becomes part of the partitioned table's index."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alembic.autogenerate import renderers
from alembic.operations import MigrateOperation, Operations

from phased.naming import relation
from phased.operation import call, execute
from phased.operations.note import NoteOp

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext


@Operations.register_operation("attach_index")
class AttachIndexOp(MigrateOperation):
    """Attach the index of one partition to the index of its parent."""

    def __init__(
        self,
        index_name: str,
        partition_index_name: str,
        *,
        schema: str | None = None,
        partition_schema: str | None = None,
    ) -> None:
        self.index_name = str(index_name)
        self.partition_index_name = str(partition_index_name)
        self.schema = schema
        self.partition_schema = partition_schema

    @classmethod
    def attach_index(
        cls,
        operations: Operations,
        index_name: str,
        partition_index_name: str,
        *,
        schema: str | None = None,
        partition_schema: str | None = None,
    ) -> None:
        """Attach an index; the parent's becomes valid with the last of its partitions.

        Args:
            operations: Given by Alembic.
            index_name: The partitioned table's index, unquoted.
            partition_index_name: The partition's index, unquoted.
            schema: Schema of the partitioned table, unquoted.
            partition_schema: Schema of the partition, unquoted.

        Source: https://www.postgresql.org/docs/current/sql-alterindex.html
        """
        schemas = {"schema": schema, "partition_schema": partition_schema}
        operations.invoke(cls(index_name, partition_index_name, **schemas))

    def reverse(self) -> NoteOp:
        """Nothing: an attached index goes away with its parent."""
        return NoteOp()

    def to_diff_tuple(self) -> tuple[Any, ...]:
        """For ``alembic check``."""
        return ("attach_index", self.schema, self.index_name, self.partition_index_name)


@Operations.implementation_for(AttachIndexOp)
def _run(operations: Operations, operation: AttachIndexOp) -> None:
    parent = relation(operation.index_name, operation.schema)
    partition = relation(operation.partition_index_name, operation.partition_schema)
    execute(operations, f"ALTER INDEX {parent} ATTACH PARTITION {partition}")


@renderers.dispatch_for(AttachIndexOp)
def _render(context: AutogenContext, operation: AttachIndexOp) -> str:
    names = (operation.index_name, operation.partition_index_name)
    schemas = {"schema": operation.schema, "partition_schema": operation.partition_schema}
    return call(context, "attach_index", *names, **schemas)
