"""``op.create_sequence()`` and ``op.drop_sequence()``: a sequence by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alembic.autogenerate import renderers
from alembic.operations import MigrateOperation, Operations

from phased.naming import relation
from phased.operation import call, execute

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext

CLAUSES = {
    "data_type": "AS {}",
    "increment": "INCREMENT BY {}",
    "minvalue": "MINVALUE {}",
    "maxvalue": "MAXVALUE {}",
    "start": "START WITH {}",
    "cache": "CACHE {}",
    "cycle": "CYCLE",
}


@Operations.register_operation("create_sequence")
class CreateSequenceOp(MigrateOperation):
    """Create a sequence."""

    def __init__(self, name: str, *, schema: str | None = None, **clauses: Any) -> None:
        self.name = name
        self.schema = schema
        self.clauses = {key: clauses[key] for key in CLAUSES if clauses.get(key) is not None}

    @classmethod
    def create_sequence(
        cls,
        operations: Operations,
        name: str,
        *,
        schema: str | None = None,
        data_type: str | None = None,
        increment: int | None = None,
        minvalue: int | None = None,
        maxvalue: int | None = None,
        start: int | None = None,
        cache: int | None = None,
        cycle: bool | None = None,
    ) -> None:
        """Create a sequence before the columns whose defaults ask it.

        Args:
            operations: Given by Alembic.
            name: Sequence, unquoted.
            schema: Schema of the sequence, unquoted.
            data_type: ``bigint``, ``integer`` or ``smallint``.
            increment: INCREMENT BY.
            minvalue: MINVALUE.
            maxvalue: MAXVALUE.
            start: START WITH.
            cache: CACHE.
            cycle: Whether it begins again after its last value.

        Source: https://www.postgresql.org/docs/current/sql-createsequence.html
        """
        given = (data_type, increment, minvalue, maxvalue, start, cache, cycle or None)
        clauses = dict(zip(CLAUSES, given, strict=True))
        operations.invoke(cls(name, schema=schema, **clauses))

    def reverse(self) -> DropSequenceOp:
        """The sequence goes."""
        return DropSequenceOp(self.name, schema=self.schema, created=self)

    def to_diff_tuple(self) -> tuple[Any, ...]:
        """For ``alembic check``."""
        return ("create_sequence", self.schema, self.name)


@Operations.register_operation("drop_sequence")
class DropSequenceOp(MigrateOperation):
    """Drop a sequence that no default asks any more."""

    def __init__(
        self, name: str, *, schema: str | None = None, created: CreateSequenceOp | None = None
    ) -> None:
        self.name = name
        self.schema = schema
        self.created = created

    @classmethod
    def drop_sequence(cls, operations: Operations, name: str, *, schema: str | None = None) -> None:
        """Drop a sequence; PostgreSQL refuses while a default asks it.

        Args:
            operations: Given by Alembic.
            name: Sequence, unquoted.
            schema: Schema of the sequence, unquoted.
        """
        operations.invoke(cls(name, schema=schema))

    def reverse(self) -> CreateSequenceOp:
        """The sequence, where its options are known.

        Raises:
            ValueError: They are not: the operation was read from a revision.
        """
        if self.created is None:
            raise ValueError("drop_sequence() does not say what the sequence was")
        return self.created

    def to_diff_tuple(self) -> tuple[Any, ...]:
        """For ``alembic check``."""
        return ("drop_sequence", self.schema, self.name)


@Operations.implementation_for(CreateSequenceOp)
def _create(operations: Operations, operation: CreateSequenceOp) -> None:
    words = [CLAUSES[key].format(value) for key, value in operation.clauses.items()]
    name = relation(operation.name, operation.schema)
    execute(operations, " ".join([f"CREATE SEQUENCE {name}", *words]))


@Operations.implementation_for(DropSequenceOp)
def _drop(operations: Operations, operation: DropSequenceOp) -> None:
    execute(operations, f"DROP SEQUENCE {relation(operation.name, operation.schema)}")


@renderers.dispatch_for(CreateSequenceOp)
def _render(context: AutogenContext, operation: CreateSequenceOp) -> str:
    options = {"schema": operation.schema, **operation.clauses}
    return call(context, "create_sequence", operation.name, **options)


@renderers.dispatch_for(DropSequenceOp)
def _render_drop(context: AutogenContext, operation: DropSequenceOp) -> str:
    return call(context, "drop_sequence", operation.name, schema=operation.schema)
