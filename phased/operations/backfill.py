"""``op.backfill()``: fill columns of the rows that are there already, in batches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alembic.autogenerate import renderers
from alembic.operations import MigrateOperation, Operations

from phased.naming import quote, relation
from phased.operation import call, execute

if TYPE_CHECKING:
    from collections.abc import Mapping

    from alembic.autogenerate.api import AutogenContext

GUARD = "SET LOCAL phased.side = 'backfill'"  # what the trigger of sync_columns looks at
UNGUARD = "SET LOCAL phased.side = ''"


@Operations.register_operation("backfill")
class BackfillOp(MigrateOperation):
    """Fill columns of one table, only where they are still missing."""

    def __init__(
        self,
        table_name: str,
        values: Mapping[str, str],
        *,
        where: str | None = None,
        schema: str | None = None,
    ) -> None:
        self.table_name = table_name
        self.values = dict(values)
        self.where = where
        self.schema = schema

    @classmethod
    def backfill(
        cls,
        operations: Operations,
        table_name: str,
        values: Mapping[str, str],
        *,
        where: str | None = None,
        schema: str | None = None,
    ) -> None:
        """Fill columns of the rows where one of them is NULL.

        phased commits batch by batch and resumes after an interruption; plain Alembic and
        ``--sql`` run one UPDATE.

        Args:
            operations: Given by Alembic.
            table_name: Table, unquoted.
            values: Column (unquoted) to an SQL expression over the same row.
            where: SQL condition for the rows to fill, instead of "a column is NULL". It must be
                false for a row that has been filled.
            schema: Schema of the table, unquoted.
        """
        operations.invoke(cls(table_name, values, where=where, schema=schema))

    def reverse(self) -> BackfillOp:
        """Nothing: the column it filled goes away with what added it."""
        return BackfillOp(self.table_name, {}, schema=self.schema)

    def to_diff_tuple(self) -> tuple[Any, ...]:
        """For ``alembic check``."""
        return ("backfill", self.schema, self.table_name, self.values)


def update(operation: BackfillOp) -> str:
    """The backfill as one statement."""
    pairs = ",\n    ".join(f"{quote(c)} = {value}" for c, value in assigned(operation).items())
    missing = " OR ".join(f"{quote(column)} IS NULL" for column in operation.values)
    table = relation(operation.table_name, operation.schema)
    return f"UPDATE {table} SET\n    {pairs}\nWHERE {operation.where or missing}"


def assigned(operation: BackfillOp) -> dict[str, str]:
    """Column to what it is set to: a value that is there already stays."""
    if operation.where or len(operation.values) == 1:
        return operation.values
    return {c: f"COALESCE({quote(c)}, {value})" for c, value in operation.values.items()}


@Operations.implementation_for(BackfillOp)
def _run(operations: Operations, operation: BackfillOp) -> None:
    if not operation.values:
        return
    guarded = (GUARD, update(operation), UNGUARD)
    alone = operations.get_context().as_sql  # phased runs and prints the guard itself
    execute(operations, *((update(operation),) if alone else guarded))


@renderers.dispatch_for(BackfillOp)
def _render(context: AutogenContext, operation: BackfillOp) -> list[str]:
    if not operation.values:
        return []
    options = {"where": operation.where, "schema": operation.schema}
    return [call(context, "backfill", operation.table_name, operation.values, **options)]
