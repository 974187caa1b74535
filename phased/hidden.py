"""What autogenerate leaves alone: our tables, partitions, views, what extensions own."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from sqlalchemy import Connection, MetaData, Table

    NameFilter = Callable[[str | None, str, Mapping[str, str | None]], bool]
    ObjectFilter = Callable[[Any, str | None, str, bool, Any], bool]

OURS = frozenset({"alembic_version", "phased_rollout", "phased_step"})
NOT_TABLES = frozenset("vmf")  # pg_class.relkind of what create_table must not be written for
RELATIONS = text("""
    SELECT nullif(n.nspname, current_schema()) AS schema, c.relname AS name, c.relkind AS kind
    FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
      AND (c.relkind IN ('v', 'm', 'f')
        OR c.relkind IN ('r', 'p') AND (
            EXISTS (SELECT FROM pg_catalog.pg_inherits i WHERE i.inhrelid = c.oid)
            OR EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.objid = c.oid
                       AND d.classid = 'pg_catalog.pg_class'::regclass AND d.deptype = 'e')))
""")


@dataclass(slots=True)
class Hidden:
    """Relations that autogenerate does not look at, as (schema, name); no schema = the default.

    Attributes:
        tables: In the database and not for the models to judge, unless a model names them.
        elsewhere: In the models, and in the database something other than a table.
    """

    tables: set[tuple[str | None, str]] = field(default_factory=set)
    elsewhere: set[tuple[str | None, str]] = field(default_factory=set)
    default_schema: str | None = None


def look(hidden: Hidden, connection: Connection, tables: Iterable[Table]) -> None:
    """Fill in what only the database knows: partitions, inheritance, extensions, views."""
    hidden.default_schema = connection.dialect.default_schema_name
    models = {_key(hidden, table.schema, table.name) for table in tables if not is_view(table)}
    rows = [((row.schema, row.name), row.kind) for row in connection.execute(RELATIONS)]
    hidden.tables = {key for key, kind in rows if kind not in NOT_TABLES} - models
    hidden.elsewhere = {key for key, kind in rows if kind in NOT_TABLES}


@dataclass(slots=True)
class IncludeName:
    """``include_name`` for ``context.configure()``: hides names, then asks the user's own."""

    hidden: Hidden
    schemas: frozenset[str | None] | None
    then: NameFilter | None = None

    def __call__(self, name: str | None, kind: str, parents: Mapping[str, str | None]) -> bool:
        """Whether a name found in the database is compared."""
        if kind == "schema" and self.schemas is not None and name not in self.schemas:
            return False
        if kind == "table" and self._is_hidden(name, parents.get("schema_name")):
            return False
        return self.then is None or self.then(name, kind, parents)

    def _is_hidden(self, name: str | None, schema: str | None) -> bool:
        return name in OURS or (schema, name) in self.hidden.tables


@dataclass(slots=True)
class IncludeObject:
    """``include_object`` for ``context.configure()``: hides views, then asks the user's own."""

    hidden: Hidden
    then: ObjectFilter | None = None

    def __call__(
        self,
        thing: Any,
        name: str | None,
        kind: str,
        reflected: bool,  # noqa: FBT001 # Alembic's signature
        compare_to: Any,
    ) -> bool:
        """Whether an object is compared."""
        if kind == "table" and not reflected and compare_to is None and self._is_hidden(thing):
            return False
        return self.then is None or self.then(thing, name, kind, reflected, compare_to)

    def _is_hidden(self, table: Table) -> bool:
        return is_view(table) or _key(self.hidden, table.schema, table.name) in (
            self.hidden.elsewhere
        )


def is_view(table: Table) -> bool:
    """Whether ``create_all()`` makes a view of it; SQLAlchemy 2.1 and later."""
    return bool(getattr(table, "is_view", False))


def schemas_of(metadata: MetaData | Iterable[MetaData]) -> frozenset[str | None]:
    """The schemas that the models use; None for the default one."""
    several = [metadata] if hasattr(metadata, "tables") else list(metadata)
    return frozenset({None, *(t.schema for m in several for t in m.tables.values())})


def _key(hidden: Hidden, schema: str | None, name: str) -> tuple[str | None, str]:
    return (None if schema == hidden.default_schema else schema, name)
