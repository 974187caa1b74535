"""``op.create_unique_constraint_on_only()``: UNIQUE on a partitioned table alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alembic.autogenerate import renderers
from alembic.operations import Operations
from alembic.operations.ops import CreateUniqueConstraintOp
from sqlalchemy.schema import AddConstraint

from phased.dialect import dialect
from phased.included import complete
from phased.operation import execute

if TYPE_CHECKING:
    from collections.abc import Sequence

    from alembic.autogenerate.api import AutogenContext

_DIALECT = dialect()


@Operations.register_operation("create_unique_constraint_on_only")
class CreateUniqueConstraintOnOnlyOp(CreateUniqueConstraintOp):
    """Add UNIQUE to a partitioned table alone; its index is invalid until others are attached."""

    @classmethod
    def create_unique_constraint_on_only(
        cls,
        operations: Operations,
        constraint_name: str,
        table_name: str,
        columns: Sequence[str],
        *,
        schema: str | None = None,
        **kw: Any,
    ) -> None:
        """Create the parent of the constraints whose indexes ``op.attach_index()`` attaches.

        Args:
            operations: Given by Alembic.
            constraint_name: Name of the constraint, unquoted.
            table_name: The partitioned table, unquoted.
            columns: Its columns, unquoted.
            schema: Schema of the table, unquoted.
            kw: The options of ``op.create_unique_constraint()``.

        Source: https://www.postgresql.org/docs/current/ddl-partitioning.html
        """
        operations.invoke(cls(constraint_name, table_name, columns, schema=schema, **kw))


@Operations.implementation_for(CreateUniqueConstraintOnOnlyOp)
def _run(operations: Operations, operation: CreateUniqueConstraintOnOnlyOp) -> None:
    constraint = complete(operation.to_constraint(operations.migration_context))
    sql = str(AddConstraint(constraint).compile(dialect=_DIALECT))
    execute(operations, sql.replace("ALTER TABLE ", "ALTER TABLE ONLY ", 1))


@renderers.dispatch_for(CreateUniqueConstraintOnOnlyOp)
def _render(context: AutogenContext, operation: CreateUniqueConstraintOnOnlyOp) -> str:
    plain = CreateUniqueConstraintOp.from_constraint(operation.to_constraint())
    (text,) = renderers.dispatch(plain)(context, plain)
    return str(text).replace("create_unique_constraint(", "create_unique_constraint_on_only(", 1)
