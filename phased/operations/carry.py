"""``op.carry()``: something that old columns have and new ones need: a grant, a view, a policy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alembic.autogenerate import renderers
from alembic.operations import MigrateOperation, Operations

from phased.operation import execute

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext


@Operations.register_operation("carry")
class CarryOp(MigrateOperation):
    """Run one statement as it stands; it goes with the new columns unless told otherwise."""

    def __init__(self, sql: str, *, back: str = "") -> None:
        self.sql = sql
        self.back = back

    @classmethod
    def carry(cls, operations: Operations, sql: str, *, back: str = "") -> None:
        """Give new columns what the old ones have.

        Args:
            operations: Given by Alembic.
            sql: One statement; nothing in it is taken for a parameter.
            back: The statement that takes it back; empty where dropping the new columns does.

        Source: https://www.postgresql.org/docs/current/ddl-depend.html
        """
        operations.invoke(cls(sql, back=back))

    def reverse(self) -> CarryOp:
        """What takes it back."""
        return CarryOp(self.back, back=self.sql)

    def to_diff_tuple(self) -> tuple[Any, ...]:
        """For ``alembic check``."""
        return ("carry", self.sql)


@Operations.implementation_for(CarryOp)
def _run(operations: Operations, operation: CarryOp) -> None:
    if operation.sql:
        execute(operations, operation.sql)


@renderers.dispatch_for(CarryOp)
def _render(context: AutogenContext, operation: CarryOp) -> list[str]:
    if not operation.sql:
        return []
    prefix = context.opts.get("alembic_module_prefix") or ""
    back = f", back={operation.back!r}" if operation.back else ""
    return [f"{prefix}carry({operation.sql!r}{back})"]
