"""``op.validate_constraint()``: check the rows that were there before a NOT VALID constraint."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alembic.autogenerate import renderers
from alembic.operations import MigrateOperation, Operations

from phased.naming import quote, relation
from phased.operation import call, execute
from phased.operations.note import NoteOp

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext


@Operations.register_operation("validate_constraint")
class ValidateConstraintOp(MigrateOperation):
    """Validate a CHECK, FOREIGN KEY or NOT NULL constraint that was added NOT VALID."""

    def __init__(self, constraint_name: str, table_name: str, *, schema: str | None = None) -> None:
        self.constraint_name = constraint_name
        self.table_name = table_name
        self.schema = schema

    @classmethod
    def validate_constraint(
        cls,
        operations: Operations,
        constraint_name: str,
        table_name: str,
        *,
        schema: str | None = None,
    ) -> None:
        """Read the table once and mark the constraint valid; reads and writes go on.

        Args:
            operations: Given by Alembic.
            constraint_name: Constraint, unquoted.
            table_name: Its table, unquoted.
            schema: Schema of the table, unquoted.

        Source: https://www.postgresql.org/docs/current/sql-altertable.html
        """
        operations.invoke(cls(constraint_name, table_name, schema=schema))

    def reverse(self) -> NoteOp:
        """Nothing: a validated constraint is not made NOT VALID again."""
        return NoteOp()

    def to_diff_tuple(self) -> tuple[Any, ...]:
        """For ``alembic check``."""
        return ("validate_constraint", self.schema, self.table_name, self.constraint_name)


@Operations.implementation_for(ValidateConstraintOp)
def _run(operations: Operations, operation: ValidateConstraintOp) -> None:
    table = relation(operation.table_name, operation.schema)
    execute(
        operations, f"ALTER TABLE {table} VALIDATE CONSTRAINT {quote(operation.constraint_name)}"
    )


@renderers.dispatch_for(ValidateConstraintOp)
def _render(context: AutogenContext, operation: ValidateConstraintOp) -> str:
    names = (operation.constraint_name, operation.table_name)
    return call(context, "validate_constraint", *names, schema=operation.schema)
