"""``op.create_enum()`` and ``op.drop_enum()``: an enum type by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alembic.autogenerate import renderers
from alembic.operations import MigrateOperation, Operations

from phased.naming import relation
from phased.operation import call, execute, literal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from alembic.autogenerate.api import AutogenContext


@Operations.register_operation("create_enum")
class CreateEnumOp(MigrateOperation):
    """Create an enum type."""

    def __init__(self, name: str, values: Sequence[str], *, schema: str | None = None) -> None:
        self.name = name
        self.values = list(values)
        self.schema = schema

    @classmethod
    def create_enum(
        cls, operations: Operations, name: str, values: Sequence[str], *, schema: str | None = None
    ) -> None:
        """Create an enum type before the columns that use it.

        Args:
            operations: Given by Alembic.
            name: Type, unquoted.
            values: Its labels, in their order.
            schema: Schema of the type, unquoted.
        """
        operations.invoke(cls(name, values, schema=schema))

    def reverse(self) -> DropEnumOp:
        """The type goes."""
        return DropEnumOp(self.name, schema=self.schema, values=self.values)

    def to_diff_tuple(self) -> tuple[Any, ...]:
        """For ``alembic check``."""
        return ("create_enum", self.schema, self.name, self.values)


@Operations.register_operation("drop_enum")
class DropEnumOp(MigrateOperation):
    """Drop an enum type that no column uses any more."""

    def __init__(
        self, name: str, *, schema: str | None = None, values: Sequence[str] | None = None
    ) -> None:
        self.name = name
        self.schema = schema
        self.values = values

    @classmethod
    def drop_enum(cls, operations: Operations, name: str, *, schema: str | None = None) -> None:
        """Drop an enum type; PostgreSQL refuses while a column uses it.

        Args:
            operations: Given by Alembic.
            name: Type, unquoted.
            schema: Schema of the type, unquoted.
        """
        operations.invoke(cls(name, schema=schema))

    def reverse(self) -> CreateEnumOp:
        """The type, where its labels are known.

        Raises:
            ValueError: They are not: the operation was read from a revision.
        """
        if self.values is None:
            raise ValueError("drop_enum() does not say which labels the type had")
        return CreateEnumOp(self.name, self.values, schema=self.schema)

    def to_diff_tuple(self) -> tuple[Any, ...]:
        """For ``alembic check``."""
        return ("drop_enum", self.schema, self.name)


@Operations.implementation_for(CreateEnumOp)
def _create(operations: Operations, operation: CreateEnumOp) -> None:
    labels = ", ".join(literal(value) for value in operation.values)
    name = relation(operation.name, operation.schema)
    execute(operations, f"CREATE TYPE {name} AS ENUM ({labels})")


@Operations.implementation_for(DropEnumOp)
def _drop(operations: Operations, operation: DropEnumOp) -> None:
    execute(operations, f"DROP TYPE {relation(operation.name, operation.schema)}")


@renderers.dispatch_for(CreateEnumOp)
def _render(context: AutogenContext, operation: CreateEnumOp) -> str:
    options = {"schema": operation.schema}
    return call(context, "create_enum", operation.name, operation.values, **options)


@renderers.dispatch_for(DropEnumOp)
def _render_drop(context: AutogenContext, operation: DropEnumOp) -> str:
    return call(context, "drop_enum", operation.name, schema=operation.schema)
