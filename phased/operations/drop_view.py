"""``op.drop_view()``: a view goes, such as the old name of a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alembic.autogenerate import renderers
from alembic.operations import MigrateOperation, Operations

from phased.naming import relation
from phased.operation import call, execute

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext


@Operations.register_operation("drop_view")
class DropViewOp(MigrateOperation):
    """Drop a view."""

    def __init__(self, name: str, *, schema: str | None = None) -> None:
        self.table_name = str(name)
        self.schema = schema

    @classmethod
    def drop_view(cls, operations: Operations, name: str, *, schema: str | None = None) -> None:
        """Drop a view; PostgreSQL refuses while another one reads it.

        Args:
            operations: Given by Alembic.
            name: View, unquoted.
            schema: Schema of the view, unquoted.

        Source: https://www.postgresql.org/docs/current/sql-dropview.html
        """
        operations.invoke(cls(name, schema=schema))

    def reverse(self) -> MigrateOperation:
        """Nothing: the operation does not say what the view was.

        Raises:
            ValueError: Always.
        """
        raise ValueError("drop_view() does not say what the view was")

    def to_diff_tuple(self) -> tuple[Any, ...]:
        """For ``alembic check``."""
        return ("drop_view", self.schema, self.table_name)


@Operations.implementation_for(DropViewOp)
def _drop(operations: Operations, operation: DropViewOp) -> None:
    execute(operations, f"DROP VIEW {relation(operation.table_name, operation.schema)}")


@renderers.dispatch_for(DropViewOp)
def _render(context: AutogenContext, operation: DropViewOp) -> str:
    return call(context, "drop_view", operation.table_name, schema=operation.schema)
