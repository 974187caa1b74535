"""``op.mirror_columns()``: a trigger that gives columns the values of others, whoever writes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alembic.autogenerate import renderers
from alembic.operations import MigrateOperation, Operations

from phased.naming import invent, quote, relation
from phased.operation import call, dollar_quoted, execute

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from alembic.autogenerate.api import AutogenContext

LAST = "~"  # PostgreSQL fires triggers in byte order of their names


@Operations.register_operation("mirror_columns")
class MirrorColumnsOp(MigrateOperation):
    """Keep columns that no release writes equal to columns that every release writes."""

    def __init__(
        self, table_name: str, columns: Mapping[str, str], *, schema: str | None = None
    ) -> None:
        self.table_name = table_name
        self.columns = dict(columns)
        self.schema = schema

    @classmethod
    def mirror_columns(
        cls,
        operations: Operations,
        table_name: str,
        columns: Mapping[str, str],
        *,
        schema: str | None = None,
    ) -> None:
        """Write the value of one column into another in every row that is inserted or updated.

        A BEFORE INSERT OR UPDATE row trigger that fires last, so that it sees what other triggers
        changed, and only for rows in which the two differ. What is written into the mirror itself
        is overwritten. Writers need no right on the function.

        Args:
            operations: Given by Alembic.
            table_name: Table, unquoted; a partitioned one includes its partitions.
            columns: Mirror to the column it follows, unquoted.
            schema: Schema of the table, unquoted.

        Source: https://www.postgresql.org/docs/current/plpgsql-trigger.html
        """
        operations.invoke(cls(table_name, columns, schema=schema))

    def reverse(self) -> StopMirroringOp:
        """The trigger and its function go."""
        return StopMirroringOp(self.table_name, self.columns, schema=self.schema)

    def to_diff_tuple(self) -> tuple[Any, ...]:
        """For ``alembic check``."""
        return ("mirror_columns", self.schema, self.table_name, self.columns)


@Operations.register_operation("stop_mirroring")
class StopMirroringOp(MigrateOperation):
    """Drop what ``mirror_columns`` made for the same columns."""

    def __init__(
        self, table_name: str, columns: Mapping[str, str], *, schema: str | None = None
    ) -> None:
        self.table_name = table_name
        self.columns = dict(columns)
        self.schema = schema

    @classmethod
    def stop_mirroring(
        cls,
        operations: Operations,
        table_name: str,
        columns: Mapping[str, str],
        *,
        schema: str | None = None,
    ) -> None:
        """Drop the trigger and the function of ``mirror_columns``.

        Args:
            operations: Given by Alembic.
            table_name: Table, unquoted.
            columns: As given to ``mirror_columns``, in the same order.
            schema: Schema of the table, unquoted.
        """
        operations.invoke(cls(table_name, columns, schema=schema))

    def reverse(self) -> MirrorColumnsOp:
        """The trigger."""
        return MirrorColumnsOp(self.table_name, self.columns, schema=self.schema)

    def to_diff_tuple(self) -> tuple[Any, ...]:
        """For ``alembic check``."""
        return ("stop_mirroring", self.schema, self.table_name, self.columns)


@Operations.implementation_for(MirrorColumnsOp)
def _create(operations: Operations, operation: MirrorColumnsOp) -> None:
    table = relation(operation.table_name, operation.schema)
    function, trigger = _names(operation.table_name, operation.columns, operation.schema)
    pairs = [(quote(mirror), quote(column)) for mirror, column in operation.columns.items()]
    differ = " OR ".join(f"NEW.{mirror} IS DISTINCT FROM NEW.{column}" for mirror, column in pairs)
    lines = [f"  NEW.{mirror} := NEW.{column};" for mirror, column in pairs]
    body = "\n".join(["BEGIN", *lines, "  RETURN NEW;", "END"])
    execute(
        operations,
        f"CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS {dollar_quoted(body)}",
        f"CREATE TRIGGER {trigger} BEFORE INSERT OR UPDATE ON {table} FOR EACH ROW "
        f"WHEN ({differ}) EXECUTE FUNCTION {function}()",
    )


@Operations.implementation_for(StopMirroringOp)
def _drop(operations: Operations, operation: StopMirroringOp) -> None:
    table = relation(operation.table_name, operation.schema)
    function, trigger = _names(operation.table_name, operation.columns, operation.schema)
    execute(operations, f"DROP TRIGGER {trigger} ON {table}", f"DROP FUNCTION {function}()")


def _names(table_name: str, columns: Iterable[str], schema: str | None) -> tuple[str, str]:
    function = relation(invent("phased_mirror", table_name, *columns), schema)
    return function, quote(invent(f"{LAST}phased_mirror", *columns))


@renderers.dispatch_for(MirrorColumnsOp)
def _render(context: AutogenContext, operation: MirrorColumnsOp) -> str:
    place = (operation.table_name, operation.columns)
    return call(context, "mirror_columns", *place, schema=operation.schema)


@renderers.dispatch_for(StopMirroringOp)
def _render_stop(context: AutogenContext, operation: StopMirroringOp) -> str:
    place = (operation.table_name, operation.columns)
    return call(context, "stop_mirroring", *place, schema=operation.schema)
