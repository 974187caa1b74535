"""``op.sync_columns()`` and ``op.unsync_columns()``: old and new columns hold the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alembic.autogenerate import renderers
from alembic.operations import MigrateOperation, Operations

from phased import dual_write
from phased.dual_write import Sync
from phased.errors.dual_write import SyncNeedsExpression
from phased.naming import relation
from phased.operation import call, execute

if TYPE_CHECKING:
    from collections.abc import Sequence

    from alembic.autogenerate.api import AutogenContext


@Operations.register_operation("sync_columns")
class SyncColumnsOp(MigrateOperation):
    """Keep columns that the running release knows and columns of the new one in step."""

    def __init__(
        self,
        table_name: str,
        *,
        old: str | Sequence[str],
        new: str | Sequence[str],
        up: str | Sequence[str] | None = None,
        down: str | Sequence[str] | None = None,
        schema: str | None = None,
    ) -> None:
        sides = _several(old), _several(new)
        expressions = _expressions(up), _expressions(down)
        self.sync = Sync(str(table_name), *sides, *expressions, schema)
        _check(self.sync)

    @classmethod
    def sync_columns(
        cls,
        operations: Operations,
        table_name: str,
        *,
        old: str | Sequence[str],
        new: str | Sequence[str],
        up: str | Sequence[str] | None = None,
        down: str | Sequence[str] | None = None,
        schema: str | None = None,
    ) -> None:
        """Write through from one side to the other, whichever release writes.

        Two BEFORE row triggers that fire last, so that they see what other triggers changed:

        - INSERT: only new code can name a new column. Where one has a value, the old columns are
          made from them; otherwise the new ones from the old. So the old columns keep their
          defaults, and the new ones get theirs when this ends.
        - UPDATE: the side whose values changed is written to the other; new wins if both did.
        - A row that is not filled yet is filled by any update.

        A backfill (``phased.side`` is ``backfill``) never writes the old side. An INSERT that
        leaves the new columns NULL on purpose cannot be told from old code's; a session that says
        ``SET phased.side = 'new'`` is believed. Writes to the old side are counted by a sequence.
        Writers need no right on the function, and may use the sequence. Expressions are evaluated
        with the search path of the session that creates the triggers.

        Args:
            operations: Given by Alembic.
            table_name: Table, unquoted; a partitioned one includes its partitions.
            old: Column (or several) that the running release writes, unquoted.
            new: Column (or several) that takes its place, unquoted.
            up: SQL over the row for the new column, one for each; the old column by default.
            down: SQL over the row for the old column, one for each; the new column by default.
            schema: Schema of the table, unquoted.

        Raises:
            SyncNeedsExpression: The sides do not pair up by themselves.

        Source: https://www.postgresql.org/docs/current/plpgsql-trigger.html
        """
        given = {"old": old, "new": new, "up": up, "down": down}
        operations.invoke(cls(table_name, **given, schema=schema))  # type: ignore[arg-type] # as above

    def reverse(self) -> UnsyncColumnsOp:
        """The triggers, their function and their sequence go."""
        old, new = self.sync.old, self.sync.new
        undone = UnsyncColumnsOp(self.sync.table, old=old, new=new, schema=self.sync.schema)
        undone.created = self
        return undone

    def to_diff_tuple(self) -> tuple[Any, ...]:
        """For ``alembic check``."""
        return ("sync_columns", self.sync.schema, self.sync.table, self.sync.old, self.sync.new)


@Operations.register_operation("unsync_columns")
class UnsyncColumnsOp(MigrateOperation):
    """Drop what ``sync_columns`` made for the same columns."""

    def __init__(
        self,
        table_name: str,
        *,
        old: str | Sequence[str],
        new: str | Sequence[str],
        schema: str | None = None,
    ) -> None:
        self.sync = Sync(str(table_name), _several(old), _several(new), schema=schema)
        self.created: SyncColumnsOp | None = None

    @classmethod
    def unsync_columns(
        cls,
        operations: Operations,
        table_name: str,
        *,
        old: str | Sequence[str],
        new: str | Sequence[str],
        schema: str | None = None,
    ) -> None:
        """Drop the triggers, the function and the sequence of ``sync_columns``.

        Args:
            operations: Given by Alembic.
            table_name: Table, unquoted.
            old: The old columns given to ``sync_columns``, in the same order.
            new: The new columns given to ``sync_columns``, in the same order.
            schema: Schema of the table, unquoted.
        """
        operations.invoke(cls(table_name, old=old, new=new, schema=schema))

    def reverse(self) -> SyncColumnsOp:
        """The triggers, where their expressions are known.

        Raises:
            ValueError: They are not: the operation was read from a revision.
        """
        if self.created is None:
            raise ValueError("unsync_columns() does not say how one side was made from the other")
        return self.created

    def to_diff_tuple(self) -> tuple[Any, ...]:
        """For ``alembic check``."""
        return ("unsync_columns", self.sync.schema, self.sync.table, self.sync.old, self.sync.new)


@Operations.implementation_for(SyncColumnsOp)
def _create(operations: Operations, operation: SyncColumnsOp) -> None:
    execute(operations, *dual_write.create(operation.sync))


@Operations.implementation_for(UnsyncColumnsOp)
def _drop(operations: Operations, operation: UnsyncColumnsOp) -> None:
    execute(operations, *dual_write.drop(operation.sync))


def _several(value: str | Sequence[str]) -> tuple[str, ...]:
    return (str(value),) if isinstance(value, str) else tuple(str(item) for item in value)


def _expressions(value: str | Sequence[str] | None) -> tuple[str, ...] | None:
    return None if value is None else _several(value)


def _one(value: tuple[str, ...] | None) -> str | tuple[str, ...] | None:
    return value[0] if value and len(value) == 1 else value


def _check(sync: Sync) -> None:
    sides = (("up", sync.up, sync.new, sync.old), ("down", sync.down, sync.old, sync.new))
    for name, expressions, target, source in sides:
        given = source if expressions is None else expressions
        if len(given) != len(target):
            raise SyncNeedsExpression(
                table=relation(sync.table, sync.schema),
                direction=name,
                columns=", ".join(target),
                source=", ".join(source),
                count=len(target),
                given=0 if expressions is None else len(expressions),
            )


@renderers.dispatch_for(SyncColumnsOp)
def _render(context: AutogenContext, operation: SyncColumnsOp) -> str:
    sync = operation.sync
    options = {"old": _one(sync.old), "new": _one(sync.new), "up": _one(sync.up)}
    options |= {"down": _one(sync.down), "schema": sync.schema}
    return call(context, "sync_columns", sync.table, **options)


@renderers.dispatch_for(UnsyncColumnsOp)
def _render_unsync(context: AutogenContext, operation: UnsyncColumnsOp) -> str:
    sync = operation.sync
    options = {"old": _one(sync.old), "new": _one(sync.new), "schema": sync.schema}
    return call(context, "unsync_columns", sync.table, **options)
