"""``op.rename_constraint()``: another name for a constraint, and for the index behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alembic.autogenerate import renderers
from alembic.operations import MigrateOperation, Operations

from phased.naming import quote, relation
from phased.operation import call, execute

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext


@Operations.register_operation("rename_constraint")
class RenameConstraintOp(MigrateOperation):
    """Rename one constraint of one table."""

    def __init__(
        self, old_name: str, new_name: str, table_name: str, *, schema: str | None = None
    ) -> None:
        self.old_name = str(old_name)
        self.new_name = str(new_name)
        self.table_name = table_name
        self.schema = schema

    @classmethod
    def rename_constraint(
        cls,
        operations: Operations,
        old_name: str,
        new_name: str,
        table_name: str,
        *,
        schema: str | None = None,
    ) -> None:
        """Rename a constraint; only the catalog changes.

        Args:
            operations: Given by Alembic.
            old_name: Its name until now, unquoted.
            new_name: Its name from now on, unquoted.
            table_name: Its table, unquoted.
            schema: Schema of the table, unquoted.

        Source: https://www.postgresql.org/docs/current/sql-altertable.html
        """
        operations.invoke(cls(old_name, new_name, table_name, schema=schema))

    def reverse(self) -> RenameConstraintOp:
        """The old name again."""
        return RenameConstraintOp(self.new_name, self.old_name, self.table_name, schema=self.schema)

    def to_diff_tuple(self) -> tuple[Any, ...]:
        """For ``alembic check``."""
        return ("rename_constraint", self.schema, self.table_name, self.old_name, self.new_name)


@Operations.implementation_for(RenameConstraintOp)
def _run(operations: Operations, operation: RenameConstraintOp) -> None:
    table = relation(operation.table_name, operation.schema)
    old, new = quote(operation.old_name), quote(operation.new_name)
    execute(operations, f"ALTER TABLE {table} RENAME CONSTRAINT {old} TO {new}")


@renderers.dispatch_for(RenameConstraintOp)
def _render(context: AutogenContext, operation: RenameConstraintOp) -> str:
    names = (operation.old_name, operation.new_name, operation.table_name)
    return call(context, "rename_constraint", *names, schema=operation.schema)
