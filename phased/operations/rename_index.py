"""``op.rename_index()``: an index takes another name, without stopping anybody."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alembic.autogenerate import renderers
from alembic.operations import MigrateOperation, Operations

from phased.naming import quote, relation
from phased.operation import call, execute

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext


@Operations.register_operation("rename_index")
class RenameIndexOp(MigrateOperation):
    """Rename an index."""

    def __init__(self, name: str, new_name: str, *, schema: str | None = None) -> None:
        self.name = name
        self.new_name = new_name
        self.schema = schema

    @classmethod
    def rename_index(
        cls, operations: Operations, name: str, new_name: str, *, schema: str | None = None
    ) -> None:
        """Rename an index; reads and writes go on.

        Args:
            operations: Given by Alembic.
            name: Index, unquoted.
            new_name: The name it gets, unquoted.
            schema: Schema of the index, unquoted.

        Source: https://www.postgresql.org/docs/current/sql-alterindex.html
        """
        operations.invoke(cls(name, new_name, schema=schema))

    def reverse(self) -> RenameIndexOp:
        """The old name."""
        return RenameIndexOp(self.new_name, self.name, schema=self.schema)

    def to_diff_tuple(self) -> tuple[Any, ...]:
        """For ``alembic check``."""
        return ("rename_index", self.schema, self.name, self.new_name)


@Operations.implementation_for(RenameIndexOp)
def _run(operations: Operations, operation: RenameIndexOp) -> None:
    name = relation(operation.name, operation.schema)
    execute(operations, f"ALTER INDEX {name} RENAME TO {quote(operation.new_name)}")


@renderers.dispatch_for(RenameIndexOp)
def _render(context: AutogenContext, operation: RenameIndexOp) -> str:
    options = {"schema": operation.schema}
    return call(context, "rename_index", operation.name, operation.new_name, **options)
