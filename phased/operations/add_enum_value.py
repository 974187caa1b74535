"""``op.add_enum_value()``: one more label of an enum type."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alembic.autogenerate import renderers
from alembic.operations import MigrateOperation, Operations

from phased.naming import relation
from phased.operation import call, execute, literal
from phased.operations.note import NoteOp

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext


@Operations.register_operation("add_enum_value")
class AddEnumValueOp(MigrateOperation):
    """Add a label to an enum type, last unless told otherwise."""

    def __init__(
        self,
        name: str,
        value: str,
        *,
        before: str | None = None,
        after: str | None = None,
        schema: str | None = None,
    ) -> None:
        self.name = name
        self.value = value
        self.before = before
        self.after = after
        self.schema = schema

    @classmethod
    def add_enum_value(
        cls,
        operations: Operations,
        name: str,
        value: str,
        *,
        before: str | None = None,
        after: str | None = None,
        schema: str | None = None,
    ) -> None:
        """Add a label; it cannot be used before the transaction commits.

        Args:
            operations: Given by Alembic.
            name: Type, unquoted.
            value: The new label.
            before: The label it sorts before.
            after: The label it sorts after.
            schema: Schema of the type, unquoted.

        Source: https://www.postgresql.org/docs/current/sql-altertype.html
        """
        operations.invoke(cls(name, value, before=before, after=after, schema=schema))

    def reverse(self) -> NoteOp:
        """Nothing: PostgreSQL cannot remove a label."""
        return NoteOp(f"The label {self.value!r} of {self.name} stays: PostgreSQL keeps labels.")

    def to_diff_tuple(self) -> tuple[Any, ...]:
        """For ``alembic check``."""
        return ("add_enum_value", self.schema, self.name, self.value)


@Operations.implementation_for(AddEnumValueOp)
def _run(operations: Operations, operation: AddEnumValueOp) -> None:
    place = f" BEFORE {literal(operation.before)}" if operation.before is not None else ""
    place += f" AFTER {literal(operation.after)}" if operation.after is not None else ""
    name = relation(operation.name, operation.schema)
    execute(operations, f"ALTER TYPE {name} ADD VALUE {literal(operation.value)}{place}")


@renderers.dispatch_for(AddEnumValueOp)
def _render(context: AutogenContext, operation: AddEnumValueOp) -> str:
    return call(
        context,
        "add_enum_value",
        operation.name,
        operation.value,
        before=operation.before,
        after=operation.after,
        schema=operation.schema,
    )
