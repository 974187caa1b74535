"""Schemas, enums, domains and sequences of the models: created before use, where missing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alembic.operations import ops
from sqlalchemy import Enum, Sequence, inspect
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import DOMAIN, ENUM
from sqlalchemy.types import ARRAY, TypeDecorator

from phased.dialect import dialect
from phased.naming import relation
from phased.operations.create_domain import CreateDomainOp
from phased.operations.enum import CreateEnumOp, DropEnumOp
from phased.operations.schema import CreateSchemaOp
from phased.operations.sequence import CLAUSES, CreateSequenceOp
from phased.recipe import table_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from alembic.operations import MigrateOperation
    from sqlalchemy import Column, Connection, Table
    from sqlalchemy.types import TypeEngine

    from phased.fact import Facts

_DIALECT = dialect()


def existing(connection: Connection | None) -> frozenset[str]:
    """The schemas (``name.``), enums, domains and sequences of the database.

    Those of the default schema by both of their names, with it and without.
    """
    if connection is None:
        return frozenset()
    inspector: Any = inspect(connection)
    default = inspector.default_schema_name
    held = [*inspector.get_enums(schema="*"), *inspector.get_domains(schema="*")]
    schemas = inspector.get_schema_names()
    counting = [(name, s) for s in schemas for name in inspector.get_sequence_names(schema=s)]
    named = [*((item["name"], item["schema"]) for item in held), *counting]
    short = {relation(name) for name, schema in named if schema == default}
    long = {relation(name, schema) for name, schema in named}
    return frozenset(short | long | {f"{relation(name)}." for name in schemas})


def prepared(changes: Iterable[MigrateOperation], there: frozenset[str]) -> list[MigrateOperation]:
    """The changes, with the types and schemas they lack created first, each once.

    Columns name their type with ``create_type=False`` from then on: nothing creates it twice.
    """
    changes = list(changes)
    missing = _missing_schemas(changes, there)
    known = set(there) | {_type_name(op) for op in changes if isinstance(op, CreateEnumOp)}
    for held in (item for op in changes for item in (*_types(op), *_sequences(op))):
        if _type_name(held) not in known:
            known.add(_type_name(held))
            missing.append(_create(held))
    for op in changes:
        name_only(op)
    return [*missing, *changes]


def _missing_schemas(
    changes: list[MigrateOperation], there: frozenset[str]
) -> list[MigrateOperation]:
    made = [op for op in changes if isinstance(op, ops.CreateTableOp)]
    used = {op.schema for op in made} | {item.schema for op in changes for item in _types(op)}
    used |= {item.schema for op in changes for item in _sequences(op)}
    names = sorted(name for name in used if name)
    return [CreateSchemaOp(name) for name in names if f"{relation(name)}." not in there]


def unused(
    changes: Iterable[MigrateOperation],
    tables: Mapping[str, Table],
    facts: Facts,
    pending: Iterable[MigrateOperation] = (),
) -> list[DropEnumOp]:
    """The enums that no column uses once these changes are made, and those that are pending.

    Only those of dropped columns: an enum that no column used before may be somebody else's.
    """
    changes = list(changes)
    dropped = {_type_name(item): item for op in changes for item in _dropped_types(op)}
    columns = (column for table in tables.values() for column in table.columns)
    used = {_type_name(item) for column in columns for item in _named_types(column.type)}
    used |= _types_that_stay([*changes, *pending], facts)
    gone = (item for name, item in sorted(dropped.items()) if name not in used)
    return [DropEnumOp(str(e.name), schema=e.schema, values=e.enums) for e in gone]


def _types_that_stay(changes: list[MigrateOperation], facts: Facts) -> set[str]:
    tables = {table_of(op) for op in changes if isinstance(op, ops.DropTableOp)}
    columns = {(table_of(op), op.column_name) for op in changes if isinstance(op, ops.DropColumnOp)}
    return {
        column.type.removesuffix("[]")
        for name, held in facts.relations.items()
        for key, column in held.columns.items()
        if name not in tables and (name, key) not in columns
    }


def _dropped_types(op: MigrateOperation) -> Iterator[ENUM]:
    if isinstance(op, ops.DropColumnOp | ops.DropTableOp):
        columns = [op.to_column()] if isinstance(op, ops.DropColumnOp) else op.to_table().columns
        named = (item for column in columns for item in _named_types(column.type))
        yield from (item for item in named if isinstance(item, ENUM))


def _types(op: MigrateOperation) -> Iterator[ENUM | DOMAIN]:
    for column in _columns(op):
        yield from _named_types(column.type)


def _sequences(op: MigrateOperation) -> Iterator[Sequence]:
    for column in _columns(op):
        if isinstance(column.default, Sequence):
            yield column.default


def _columns(op: MigrateOperation) -> list[Column[Any]]:
    if isinstance(op, ops.AddColumnOp):
        return [op.column]
    return list(op.to_table().columns) if isinstance(op, ops.CreateTableOp) else []


def _named_types(held: TypeEngine[Any]) -> Iterator[ENUM | DOMAIN]:
    bare = _bare(held)
    if isinstance(bare, ARRAY):
        yield from _named_types(bare.item_type)
    elif isinstance(bare, DOMAIN):
        yield bare
    elif isinstance(bare, Enum) and bare.native_enum and bare.name:
        yield _enum(bare)


def _bare(held: TypeEngine[Any]) -> TypeEngine[Any]:
    while isinstance(held, TypeDecorator):
        held = held.impl_instance
    return held


def _enum(held: Enum) -> ENUM:
    return ENUM(*held.enums, name=str(held.name), schema=held.schema, create_type=False)


def _type_name(held: Any) -> str:
    return relation(str(held.name), held.schema)


def _create(held: ENUM | DOMAIN | Sequence) -> MigrateOperation:
    if isinstance(held, Sequence):
        return _create_sequence(held)
    if isinstance(held, ENUM):
        return CreateEnumOp(str(held.name), held.enums, schema=held.schema)
    return CreateDomainOp(
        str(held.name),
        held.data_type.compile(dialect=_DIALECT),
        schema=held.schema,
        collation=held.collation,
        default=None if held.default is None else _sql(held.default),
        constraint_name=held.constraint_name,
        not_null=held.not_null,
        check=None if held.check is None else _sql(held.check),
    )


def _create_sequence(held: Sequence) -> CreateSequenceOp:
    kind = None if held.data_type is None else held.data_type.compile(dialect=_DIALECT).lower()
    options = {key: getattr(held, key) for key in CLAUSES if key != "data_type"}
    return CreateSequenceOp(str(held.name), schema=held.schema, data_type=kind, **options)


def _sql(held: Any) -> str:
    return str(getattr(held, "text", held))


def name_only(op: MigrateOperation) -> None:
    """Columns whose type only names an enum or a domain; the models' own are not touched."""
    if not list(_types(op)):
        return
    if isinstance(op, ops.AddColumnOp):
        op.column = _copy(op.column)
    elif isinstance(op, ops.CreateTableOp):
        table = op.to_table()
        for column in table.columns:
            column.type = _naming(column.type)
        op.columns = [*table.columns, *table.constraints]


def _copy(column: Column[Any]) -> Column[Any]:
    copied = column._copy()  # noqa: SLF001 # Alembic's own way; there is no public one since 1.4
    copied.type = _naming(column.type)
    return copied


def _naming(held: TypeEngine[Any]) -> TypeEngine[Any]:
    bare = _bare(held)
    if isinstance(bare, ARRAY):
        inner = _naming(bare.item_type)
        return held if inner is bare.item_type else postgresql.ARRAY(inner, bare.as_tuple)
    if isinstance(bare, DOMAIN):
        return DOMAIN(str(bare.name), bare.data_type, schema=bare.schema, create_type=False)
    if isinstance(bare, Enum) and bare.native_enum and bare.name:
        return _enum(bare)
    return held
