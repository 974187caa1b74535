"""``op.rename_sequence()``: a sequence takes another name; the defaults that ask it find it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alembic.autogenerate import renderers
from alembic.operations import MigrateOperation, Operations

from phased.naming import quote, relation
from phased.operation import call, execute

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext


@Operations.register_operation("rename_sequence")
class RenameSequenceOp(MigrateOperation):
    """Rename a sequence."""

    def __init__(self, name: str, new_name: str, *, schema: str | None = None) -> None:
        self.name = name
        self.new_name = new_name
        self.schema = schema

    @classmethod
    def rename_sequence(
        cls, operations: Operations, name: str, new_name: str, *, schema: str | None = None
    ) -> None:
        """Rename a sequence; only code that names it notices.

        Args:
            operations: Given by Alembic.
            name: Sequence, unquoted.
            new_name: The name it gets, unquoted.
            schema: Schema of the sequence, unquoted.

        Source: https://www.postgresql.org/docs/current/sql-altersequence.html
        """
        operations.invoke(cls(name, new_name, schema=schema))

    def reverse(self) -> RenameSequenceOp:
        """The old name."""
        return RenameSequenceOp(self.new_name, self.name, schema=self.schema)

    def to_diff_tuple(self) -> tuple[Any, ...]:
        """For ``alembic check``."""
        return ("rename_sequence", self.schema, self.name, self.new_name)


@Operations.implementation_for(RenameSequenceOp)
def _run(operations: Operations, operation: RenameSequenceOp) -> None:
    name = relation(operation.name, operation.schema)
    execute(operations, f"ALTER SEQUENCE {name} RENAME TO {quote(operation.new_name)}")


@renderers.dispatch_for(RenameSequenceOp)
def _render(context: AutogenContext, operation: RenameSequenceOp) -> str:
    options = {"schema": operation.schema}
    return call(context, "rename_sequence", operation.name, operation.new_name, **options)
