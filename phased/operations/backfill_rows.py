"""``op.backfill_rows()``: fill columns by a Python function over rows, in batches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from alembic.autogenerate import renderers
from alembic.operations import MigrateOperation, Operations

from phased.function_code import code_of, name_of
from phased.model import Backfill
from phased.naming import quote, relation
from phased.operation import call, execute
from phased.operations.backfill import GUARD, UNGUARD

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from alembic.autogenerate.api import AutogenContext

    Function = Callable[[dict[str, Any]], Mapping[str, Any] | None]


@Operations.register_operation("backfill_rows")
class BackfillRowsOp(MigrateOperation):
    """Fill columns of one table with what a function makes of each row."""

    def __init__(
        self,
        table_name: str,
        function: Function,
        *,
        columns: Iterable[str],
        where: str | None = None,
        schema: str | None = None,
    ) -> None:
        self.table_name = table_name
        self.function = function
        self.columns = tuple(columns)
        self.where = where
        self.schema = schema

    @classmethod
    def backfill_rows(
        cls,
        operations: Operations,
        table_name: str,
        function: Function,
        *,
        columns: Iterable[str],
        where: str | None = None,
        schema: str | None = None,
    ) -> None:
        """Fill columns by a function, for logic that SQL cannot say; otherwise as ``backfill``.

        Rows come in batches, are locked while the function is at them, and are written with one
        UPDATE. The function may be called again for a row whose batch was rolled back. Plain
        Alembic fills all rows in its own transaction; ``--sql`` is refused.

        Args:
            operations: Given by Alembic.
            table_name: Table, unquoted.
            function: Takes a row as a dict of its columns; returns a dict of those that change,
                or None.
            columns: The columns (unquoted) it is given, and may return.
            where: SQL condition for the rows to fill, instead of "one of the columns is NULL". It
                must be false for a row that has been filled. Without it, values that are there
                stay as they are.
            schema: Schema of the table, unquoted.
        """
        operations.invoke(cls(table_name, function, columns=columns, where=where, schema=schema))

    def reverse(self) -> BackfillRowsOp:
        """Nothing: the column it filled goes away with what added it."""
        return BackfillRowsOp(self.table_name, self.function, columns=(), schema=self.schema)

    def to_diff_tuple(self) -> tuple[Any, ...]:
        """For ``alembic check``."""
        return ("backfill_rows", self.schema, self.table_name, self.columns)


def work(operation: BackfillRowsOp) -> Backfill:
    """What is to be done."""
    made = f"{name_of(operation.function)}({', '.join(operation.columns)})"
    return Backfill(
        operation.table_name,
        dict.fromkeys(operation.columns, made),
        operation.schema,
        operation.where,
        operation.function,
        code_of(operation.function),
    )


def sql(operation: BackfillRowsOp) -> str:
    """What it would be, were the function one of PostgreSQL's: for its price, and for readers."""
    table, row = relation(operation.table_name, operation.schema), quote(operation.table_name)
    values = ", ".join(f"{quote(c)} = made.{quote(c)}" for c in operation.columns)
    made = f"{quote(name_of(operation.function))}({row}.*)"
    missing = " OR ".join(f"{row}.{quote(c)} IS NULL" for c in operation.columns)
    return f"UPDATE {table} SET {values}\nFROM {made} AS made\nWHERE {operation.where or missing}"


@Operations.implementation_for(BackfillRowsOp)
def _run(operations: Operations, operation: BackfillRowsOp) -> None:
    if not operation.columns:
        return
    if operations.get_context().as_sql:
        execute(operations, sql(operation))
        return
    from phased.row_function import fill_all

    execute(operations, GUARD)
    fill_all(cast("Any", operations.get_bind().connection.dbapi_connection), work(operation))
    execute(operations, UNGUARD)


@renderers.dispatch_for(BackfillRowsOp)
def _render(context: AutogenContext, operation: BackfillRowsOp) -> list[str]:
    if not operation.columns:
        return []
    options = {"columns": list(operation.columns), "where": operation.where}
    options |= {"schema": operation.schema}
    function = Name(name_of(operation.function))
    return [call(context, "backfill_rows", operation.table_name, function, **options)]


class Name(str):
    """A name that is written as it is."""

    __slots__ = ()

    __repr__ = str.__str__
