"""``op.create_index_on_only()``: the index of a partitioned table, without its partitions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alembic.autogenerate import renderers
from alembic.operations import Operations
from alembic.operations.ops import CreateIndexOp
from sqlalchemy.schema import CreateIndex

from phased.dialect import dialect
from phased.included import complete
from phased.naming import quote
from phased.operation import execute

if TYPE_CHECKING:
    from collections.abc import Sequence

    from alembic.autogenerate.api import AutogenContext
    from sqlalchemy import ColumnElement, TextClause

_DIALECT = dialect()


@Operations.register_operation("create_index_on_only")
class CreateIndexOnOnlyOp(CreateIndexOp):
    """Create an index on a partitioned table alone; it is invalid until partitions are attached."""

    @classmethod
    def create_index_on_only(
        cls,
        operations: Operations,
        index_name: str,
        table_name: str,
        columns: Sequence[str | TextClause | ColumnElement[Any]],
        *,
        schema: str | None = None,
        unique: bool = False,
        **kw: Any,
    ) -> None:
        """Create the parent of the indexes that ``op.attach_index()`` attaches.

        Args:
            operations: Given by Alembic.
            index_name: Name of the index, unquoted.
            table_name: The partitioned table, unquoted.
            columns: As for ``op.create_index()``.
            schema: Schema of the table, unquoted.
            unique: Whether the index is UNIQUE.
            kw: The ``postgresql_…`` options of ``op.create_index()``.

        Source: https://www.postgresql.org/docs/current/sql-createindex.html
        """
        operations.invoke(cls(index_name, table_name, columns, schema=schema, unique=unique, **kw))


@Operations.implementation_for(CreateIndexOnOnlyOp)
def _run(operations: Operations, operation: CreateIndexOnOnlyOp) -> None:
    index = complete(operation.to_index(operations.migration_context))
    sql = str(CreateIndex(index).compile(dialect=_DIALECT))
    head = f"INDEX {quote(str(index.name))} ON "
    execute(operations, sql.replace(head, f"{head}ONLY ", 1))


@renderers.dispatch_for(CreateIndexOnOnlyOp)
def _render(context: AutogenContext, operation: CreateIndexOnOnlyOp) -> str:
    plain = CreateIndexOp.from_index(operation.to_index())
    text = str(renderers.dispatch(plain)(context, plain))
    return text.replace("create_index(", "create_index_on_only(", 1)
