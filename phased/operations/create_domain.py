"""``op.create_domain()`` and ``op.drop_domain()``: a domain by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alembic.autogenerate import renderers
from alembic.operations import MigrateOperation, Operations

from phased.naming import quote, relation
from phased.operation import call, execute

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext

CLAUSES = ("collation", "default", "constraint_name", "not_null", "check")


@Operations.register_operation("create_domain")
class CreateDomainOp(MigrateOperation):
    """Create a domain."""

    def __init__(
        self, name: str, data_type: str, *, schema: str | None = None, **clauses: Any
    ) -> None:
        self.name = name
        self.data_type = data_type
        self.schema = schema
        self.clauses = {key: clauses.get(key) for key in CLAUSES}

    @classmethod
    def create_domain(
        cls,
        operations: Operations,
        name: str,
        data_type: str,
        *,
        schema: str | None = None,
        collation: str | None = None,
        default: str | None = None,
        constraint_name: str | None = None,
        not_null: bool | None = None,
        check: str | None = None,
    ) -> None:
        """Create a domain before the columns that use it.

        Args:
            operations: Given by Alembic.
            name: Domain, unquoted.
            data_type: The type beneath it, as SQL.
            schema: Schema of the domain, unquoted.
            collation: Collation, unquoted.
            default: DEFAULT, as SQL.
            constraint_name: Name of the constraint that ``not_null`` or ``check`` makes.
            not_null: Whether it is NOT NULL.
            check: CHECK, as SQL over ``VALUE``.

        Source: https://www.postgresql.org/docs/current/sql-createdomain.html
        """
        given = (collation, default, constraint_name, not_null, check)
        clauses = dict(zip(CLAUSES, given, strict=True))
        operations.invoke(cls(name, data_type, schema=schema, **clauses))

    def reverse(self) -> DropDomainOp:
        """The domain goes."""
        return DropDomainOp(self.name, schema=self.schema, created=self)

    def to_diff_tuple(self) -> tuple[Any, ...]:
        """For ``alembic check``."""
        return ("create_domain", self.schema, self.name, self.data_type)


@Operations.register_operation("drop_domain")
class DropDomainOp(MigrateOperation):
    """Drop a domain that no column uses any more."""

    def __init__(
        self, name: str, *, schema: str | None = None, created: CreateDomainOp | None = None
    ) -> None:
        self.name = name
        self.schema = schema
        self.created = created

    @classmethod
    def drop_domain(cls, operations: Operations, name: str, *, schema: str | None = None) -> None:
        """Drop a domain; PostgreSQL refuses while a column uses it.

        Args:
            operations: Given by Alembic.
            name: Domain, unquoted.
            schema: Schema of the domain, unquoted.
        """
        operations.invoke(cls(name, schema=schema))

    def reverse(self) -> CreateDomainOp:
        """The domain, where its definition is known.

        Raises:
            ValueError: It is not: the operation was read from a revision.
        """
        if self.created is None:
            raise ValueError("drop_domain() does not say what the domain was")
        return self.created

    def to_diff_tuple(self) -> tuple[Any, ...]:
        """For ``alembic check``."""
        return ("drop_domain", self.schema, self.name)


@Operations.implementation_for(CreateDomainOp)
def _create(operations: Operations, operation: CreateDomainOp) -> None:
    name = relation(operation.name, operation.schema)
    execute(operations, f"CREATE DOMAIN {name} AS {operation.data_type}{_clauses(operation)}")


def _clauses(operation: CreateDomainOp) -> str:
    given = operation.clauses
    words = (
        given["collation"] and f"COLLATE {quote(given['collation'])}",
        given["default"] and f"DEFAULT {given['default']}",
        given["constraint_name"] and f"CONSTRAINT {quote(given['constraint_name'])}",
        given["not_null"] and "NOT NULL",
        given["check"] and f"CHECK ({given['check']})",
    )
    return "".join(f" {word}" for word in words if word)


@Operations.implementation_for(DropDomainOp)
def _drop(operations: Operations, operation: DropDomainOp) -> None:
    execute(operations, f"DROP DOMAIN {relation(operation.name, operation.schema)}")


@renderers.dispatch_for(CreateDomainOp)
def _render(context: AutogenContext, operation: CreateDomainOp) -> str:
    options = {"schema": operation.schema, **operation.clauses}
    return call(context, "create_domain", operation.name, operation.data_type, **options)


@renderers.dispatch_for(DropDomainOp)
def _render_drop(context: AutogenContext, operation: DropDomainOp) -> str:
    return call(context, "drop_domain", operation.name, schema=operation.schema)
