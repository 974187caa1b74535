"""``op.create_schema()`` and ``op.drop_schema()``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alembic.autogenerate import renderers
from alembic.operations import MigrateOperation, Operations

from phased.naming import quote
from phased.operation import call, execute

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext


@Operations.register_operation("create_schema")
class CreateSchemaOp(MigrateOperation):
    """Create a schema."""

    def __init__(self, name: str) -> None:
        self.name = name

    @classmethod
    def create_schema(cls, operations: Operations, name: str) -> None:
        """Create a schema before what is in it.

        Args:
            operations: Given by Alembic.
            name: Schema, unquoted.
        """
        operations.invoke(cls(name))

    def reverse(self) -> DropSchemaOp:
        """The schema goes."""
        return DropSchemaOp(self.name)

    def to_diff_tuple(self) -> tuple[Any, ...]:
        """For ``alembic check``."""
        return ("create_schema", self.name)


@Operations.register_operation("drop_schema")
class DropSchemaOp(MigrateOperation):
    """Drop an empty schema."""

    def __init__(self, name: str) -> None:
        self.name = name

    @classmethod
    def drop_schema(cls, operations: Operations, name: str) -> None:
        """Drop a schema; PostgreSQL refuses while something is in it.

        Args:
            operations: Given by Alembic.
            name: Schema, unquoted.
        """
        operations.invoke(cls(name))

    def reverse(self) -> CreateSchemaOp:
        """The schema, empty."""
        return CreateSchemaOp(self.name)

    def to_diff_tuple(self) -> tuple[Any, ...]:
        """For ``alembic check``."""
        return ("drop_schema", self.name)


@Operations.implementation_for(CreateSchemaOp)
def _create(operations: Operations, operation: CreateSchemaOp) -> None:
    execute(operations, f"CREATE SCHEMA {quote(operation.name)}")


@Operations.implementation_for(DropSchemaOp)
def _drop(operations: Operations, operation: DropSchemaOp) -> None:
    execute(operations, f"DROP SCHEMA {quote(operation.name)}")


@renderers.dispatch_for(CreateSchemaOp)
def _render(context: AutogenContext, operation: CreateSchemaOp) -> str:
    return call(context, "create_schema", operation.name)


@renderers.dispatch_for(DropSchemaOp)
def _render_drop(context: AutogenContext, operation: DropSchemaOp) -> str:
    return call(context, "drop_schema", operation.name)
