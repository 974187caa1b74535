"""``op.keep_filled()``: a trigger that fills columns which the running release does not know."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alembic.autogenerate import renderers
from alembic.operations import MigrateOperation, Operations

from phased.naming import invent, quote, relation
from phased.operation import call, dollar_quoted, execute

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from alembic.autogenerate.api import AutogenContext

LAST = "~"  # PostgreSQL fires triggers in byte order of their names


@Operations.register_operation("keep_filled")
class KeepFilledOp(MigrateOperation):
    """Fill columns of every row that is inserted or updated without them."""

    def __init__(
        self, table_name: str, values: Mapping[str, str], *, schema: str | None = None
    ) -> None:
        self.table_name = table_name
        self.values = dict(values)
        self.schema = schema

    @classmethod
    def keep_filled(
        cls,
        operations: Operations,
        table_name: str,
        values: Mapping[str, str],
        *,
        schema: str | None = None,
    ) -> None:
        """Give a column its value where a writer leaves it NULL; other values are kept.

        A BEFORE INSERT OR UPDATE row trigger that fires last, so that it sees what other
        triggers changed. The expression is evaluated with the search path of the session that
        creates it, whoever writes. Writers need no right on the function.

        Args:
            operations: Given by Alembic.
            table_name: Table, unquoted; a partitioned one includes its partitions.
            values: Column (unquoted) to an SQL expression over the same row.
            schema: Schema of the table, unquoted.

        Source: https://www.postgresql.org/docs/current/plpgsql-trigger.html
        """
        operations.invoke(cls(table_name, values, schema=schema))

    def reverse(self) -> StopFillingOp:
        """The trigger and its function go."""
        return StopFillingOp(self.table_name, list(self.values), self.schema, self.values)

    def to_diff_tuple(self) -> tuple[Any, ...]:
        """For ``alembic check``."""
        return ("keep_filled", self.schema, self.table_name, self.values)


@Operations.register_operation("stop_filling")
class StopFillingOp(MigrateOperation):
    """Drop what ``keep_filled`` made for the same columns."""

    def __init__(
        self,
        table_name: str,
        columns: Sequence[str],
        schema: str | None = None,
        values: Mapping[str, str] | None = None,
    ) -> None:
        self.table_name = table_name
        self.columns = list(columns)
        self.schema = schema
        self.values = values

    @classmethod
    def stop_filling(
        cls,
        operations: Operations,
        table_name: str,
        columns: Sequence[str],
        *,
        schema: str | None = None,
    ) -> None:
        """Drop the trigger and the function of ``keep_filled``.

        Args:
            operations: Given by Alembic.
            table_name: Table, unquoted.
            columns: The columns given to ``keep_filled``, in the same order.
            schema: Schema of the table, unquoted.
        """
        operations.invoke(cls(table_name, columns, schema))

    def reverse(self) -> KeepFilledOp:
        """The trigger, where its expressions are known.

        Raises:
            ValueError: They are not: the operation was read from a revision.
        """
        if self.values is None:
            raise ValueError("stop_filling() does not say what the columns were filled with")
        return KeepFilledOp(self.table_name, self.values, schema=self.schema)

    def to_diff_tuple(self) -> tuple[Any, ...]:
        """For ``alembic check``."""
        return ("stop_filling", self.schema, self.table_name, self.columns)


@Operations.implementation_for(KeepFilledOp)
def _create(operations: Operations, operation: KeepFilledOp) -> None:
    table = relation(operation.table_name, operation.schema)
    function, trigger = _names(operation.table_name, list(operation.values), operation.schema)
    missing = " OR ".join(f"NEW.{quote(column)} IS NULL" for column in operation.values)
    execute(
        operations,
        f"CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql "
        f"SET search_path FROM CURRENT AS {dollar_quoted(_body(operation))}",
        f"CREATE TRIGGER {trigger} BEFORE INSERT OR UPDATE ON {table} FOR EACH ROW "
        f"WHEN ({missing}) EXECUTE FUNCTION {function}()",
    )


@Operations.implementation_for(StopFillingOp)
def _drop(operations: Operations, operation: StopFillingOp) -> None:
    table = relation(operation.table_name, operation.schema)
    function, trigger = _names(operation.table_name, operation.columns, operation.schema)
    execute(operations, f"DROP TRIGGER {trigger} ON {table}", f"DROP FUNCTION {function}()")


def _body(operation: KeepFilledOp) -> str:
    fills = [_fill(operation.table_name, *pair) for pair in operation.values.items()]
    lines = ["#variable_conflict use_column", "BEGIN", *fills, "  RETURN NEW;", "END"]
    return "\n".join(lines)


def _fill(table_name: str, column: str, expression: str) -> str:
    name, row = quote(column), quote(table_name)
    return (
        f"  IF NEW.{name} IS NULL THEN\n"
        f"    NEW.{name} := (SELECT ({expression}) FROM (SELECT (NEW).*) AS {row});\n"
        "  END IF;"
    )


def _names(table_name: str, columns: Sequence[str], schema: str | None) -> tuple[str, str]:
    function = relation(invent("phased_fill", table_name, *columns), schema)
    return function, quote(invent(f"{LAST}phased_fill", *columns))


@renderers.dispatch_for(KeepFilledOp)
def _render(context: AutogenContext, operation: KeepFilledOp) -> str:
    return call(
        context, "keep_filled", operation.table_name, operation.values, schema=operation.schema
    )


@renderers.dispatch_for(StopFillingOp)
def _render_stop(context: AutogenContext, operation: StopFillingOp) -> str:
    return call(
        context, "stop_filling", operation.table_name, operation.columns, schema=operation.schema
    )
