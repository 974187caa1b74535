"""A unique index that exists becomes a constraint: what is alike for primary keys and UNIQUE."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from alembic.autogenerate import renderers
from alembic.operations import MigrateOperation, Operations
from alembic.operations.ops import DropConstraintOp

from phased.naming import quote, relation
from phased.operation import call, execute

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext


class UsingIndexOp(MigrateOperation):
    """Make a constraint of a unique index that exists; the index takes its name.

    Attributes:
        called: What revisions call it.
        kind: In PostgreSQL's words.
        type_: In Alembic's.
    """

    called: ClassVar[str]
    kind: ClassVar[str]
    type_: ClassVar[str]

    def __init__(  # noqa: PLR0913 # what Alembic calls an operation with
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
    def create(  # noqa: PLR0913 # as above
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
        """Add a constraint without reading the table; for a primary key, over NOT NULL columns.

        Args:
            operations: Given by Alembic.
            constraint_name: Constraint, unquoted.
            table_name: Its table, unquoted; not a partitioned one.
            index_name: A valid unique index on plain columns, unquoted.
            schema: Schema of the table, unquoted.
            deferrable: Whether it can be checked at commit; not for ON CONFLICT then.
            initially: ``DEFERRED`` or ``IMMEDIATE``.

        Source: https://www.postgresql.org/docs/current/sql-altertable.html
        """
        options = {"schema": schema, "deferrable": deferrable, "initially": initially}
        operations.invoke(cls(constraint_name, table_name, index_name, **options))  # type: ignore[arg-type] # mypy joins the values

    def reverse(self) -> DropConstraintOp:
        """The constraint goes, and its index with it."""
        name, table = self.constraint_name, self.table_name
        return DropConstraintOp(name, table, type_=self.type_, schema=self.schema)

    def to_diff_tuple(self) -> tuple[Any, ...]:
        """For ``alembic check``."""
        return (self.called, self.schema, self.table_name, self.constraint_name)


@Operations.implementation_for(UsingIndexOp)
def _run(operations: Operations, operation: UsingIndexOp) -> None:
    table = relation(operation.table_name, operation.schema)
    deferrable = " DEFERRABLE" if operation.deferrable else ""
    initially = f" INITIALLY {operation.initially}" if operation.initially else ""
    execute(
        operations,
        f"ALTER TABLE {table} ADD CONSTRAINT {quote(operation.constraint_name)} "
        f"{operation.kind} USING INDEX {quote(operation.index_name)}{deferrable}{initially}",
    )


@renderers.dispatch_for(UsingIndexOp)
def _render(context: AutogenContext, operation: UsingIndexOp) -> str:
    names = (operation.constraint_name, operation.table_name, operation.index_name)
    return call(
        context,
        operation.called,
        *names,
        schema=operation.schema,
        deferrable=operation.deferrable,
        initially=operation.initially,
    )
