"""``op.create_primary_key_using_index()``: a unique index becomes the primary key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alembic.autogenerate import renderers
from alembic.operations import MigrateOperation, Operations
from alembic.operations.ops import DropConstraintOp

from phased.naming import quote, relation
from phased.operation import call, execute

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext


@Operations.register_operation("create_primary_key_using_index")
class CreatePrimaryKeyUsingIndexOp(MigrateOperation):
    """Make the primary key of a unique index that exists; the index takes its name."""

    def __init__(
        self,
        constraint_name: str,
        table_name: str,
        index_name: str,
        *,
        schema: str | None = None,
        deferrable: bool = False,
        initially: str | None = None,
    ) -> None:
        self.constraint_name = constraint_name
        self.table_name = table_name
        self.index_name = index_name
        self.schema = schema
        self.deferrable = deferrable
        self.initially = initially

    @classmethod
    def create_primary_key_using_index(
        cls,
        operations: Operations,
        constraint_name: str,
        table_name: str,
        index_name: str,
        *,
        schema: str | None = None,
        deferrable: bool = False,
        initially: str | None = None,
    ) -> None:
        """Add a primary key without reading the table, where its columns are NOT NULL already.

        Args:
            operations: Given by Alembic.
            constraint_name: Constraint, unquoted.
            table_name: Its table, unquoted; not a partitioned one.
            index_name: A valid unique index on plain columns, unquoted.
            schema: Schema of the table, unquoted.
            deferrable: Whether it can be checked at commit.
            initially: ``DEFERRED`` or ``IMMEDIATE``.

        Source: https://www.postgresql.org/docs/current/sql-altertable.html
        """
        options = {"schema": schema, "deferrable": deferrable, "initially": initially}
        operations.invoke(cls(constraint_name, table_name, index_name, **options))  # type: ignore[arg-type] # mypy joins the values

    def reverse(self) -> DropConstraintOp:
        """The constraint goes, and its index with it."""
        name, table = self.constraint_name, self.table_name
        return DropConstraintOp(name, table, type_="primary", schema=self.schema)

    def to_diff_tuple(self) -> tuple[Any, ...]:
        """For ``alembic check``."""
        return ("add_primary_key_using_index", self.schema, self.table_name, self.constraint_name)


@Operations.implementation_for(CreatePrimaryKeyUsingIndexOp)
def _run(operations: Operations, operation: CreatePrimaryKeyUsingIndexOp) -> None:
    table = relation(operation.table_name, operation.schema)
    deferrable = " DEFERRABLE" if operation.deferrable else ""
    initially = f" INITIALLY {operation.initially}" if operation.initially else ""
    execute(
        operations,
        f"ALTER TABLE {table} ADD CONSTRAINT {quote(operation.constraint_name)} "
        f"PRIMARY KEY USING INDEX {quote(operation.index_name)}{deferrable}{initially}",
    )


@renderers.dispatch_for(CreatePrimaryKeyUsingIndexOp)
def _render(context: AutogenContext, operation: CreatePrimaryKeyUsingIndexOp) -> str:
    names = (operation.constraint_name, operation.table_name, operation.index_name)
    return call(
        context,
        "create_primary_key_using_index",
        *names,
        schema=operation.schema,
        deferrable=operation.deferrable,
        initially=operation.initially,
    )
