"""What traffic must know of a mapped class, read off the class itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Column, ForeignKeyConstraint, Table, UniqueConstraint
from sqlalchemy import inspect as inspection
from sqlalchemy.exc import NoInspectionAvailable
from sqlalchemy.orm import DeclarativeBase, Mapper, registry

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    Models = Any  # a declarative base, a registry, a module of models, or mapped classes


@dataclass(frozen=True, slots=True)
class Reference:
    """A foreign key: attributes of this class, the table and the columns they refer to.

    Attributes:
        sole: Another key of the same table holds nothing but references, so that each row needs
            a parent of its own here.
    """

    attributes: tuple[str, ...]
    parent: Table
    columns: tuple[str, ...]
    nullable: bool
    sole: bool


@dataclass(frozen=True, slots=True, eq=False)
class Entity:
    """A mapped class. Everything but ``columns`` names attributes, not columns.

    Attributes:
        columns: Attribute to column, for every mapped column.
        key: The primary key.
        written: What an INSERT may name: not generated columns, not the discriminator.
        plain: What an UPDATE sets: written, not in the key, and in no foreign key's either side.
        distinct: What takes part in a key and must differ from row to row.
        numbered: Keys that the database makes from a sequence.
        targets: Keys that ON CONFLICT can name.
        links: Many-to-many relationships.
    """

    mapper: Mapper[Any]
    table: Table
    columns: Mapping[str, Column[Any]]
    key: tuple[str, ...]
    written: tuple[str, ...]
    plain: tuple[str, ...]
    distinct: frozenset[str]
    numbered: frozenset[str]
    references: tuple[Reference, ...]
    targets: tuple[tuple[str, ...], ...]
    links: tuple[str, ...]


def entities(models: Models) -> list[Entity]:
    """Every class that can be stored, parents before children where no circle prevents it."""
    found = [entity(mapper) for mapper in mappers(models) if _storable(mapper)]
    return sorted(found, key=lambda entity: (_rank(entity), entity.table.key, str(entity.mapper)))


def _rank(entity: Entity) -> int:
    """How long the longest chain of references above this class is."""
    return _height(entity.table, frozenset())


def _height(table: Table, seen: frozenset[Table]) -> int:
    parents = {key.referred_table for key in table.foreign_key_constraints} - seen - {table}
    return 1 + max((_height(parent, seen | {table}) for parent in parents), default=0)


def mappers(models: Models) -> set[Mapper[Any]]:
    """The mappers of a declarative base, a registry, a module, or an iterable of classes."""
    if isinstance(models, registry):
        return set(models.mappers)
    if isinstance(models, type) and issubclass(models, DeclarativeBase):
        return set(models.registry.mappers)
    if hasattr(models, "registry"):
        return set(models.registry.mappers)
    return set(_mapped(vars(models).values() if hasattr(models, "__dict__") else models))


def _mapped(things: Iterable[object]) -> Iterator[Mapper[Any]]:
    for thing in things:
        try:
            found = inspection(thing) if isinstance(thing, type) else None
        except NoInspectionAvailable:
            continue
        if isinstance(found, Mapper):
            yield found


def _storable(mapper: Mapper[Any]) -> bool:
    return mapper.polymorphic_on is None or mapper.polymorphic_identity is not None


def entity(mapper: Mapper[Any]) -> Entity:
    """Read one mapped class."""
    columns = {
        attribute.key: attribute.columns[0]
        for attribute in mapper.column_attrs
        if isinstance(attribute.columns[0], Column)
    }
    table = mapper.local_table
    assert isinstance(table, Table)  # noqa: S101 # narrows for mypy; a class mapped to a join has no table
    names = {column: attribute for attribute, column in every_column(mapper)}
    keys = [
        tuple(names[column] for column in key if column in names)
        for owner in tables(mapper)
        for key in _keys(owner)
    ]
    key = tuple(mapper.get_property_by_column(column).key for column in mapper.primary_key)
    references = tuple(_references(mapper, names, keys))
    referring = {name for reference in references for name in reference.attributes}
    written = tuple(
        name for name, column in columns.items() if _writable(column) and not _fixed(mapper, column)
    )
    return Entity(
        mapper=mapper,
        table=table,
        columns=columns,
        key=key,
        written=written,
        plain=tuple(
            name
            for name in written
            if name not in {*key, *referring} and not _referred(columns[name])
        ),
        numbered=frozenset(
            names[owner.autoincrement_column]
            for owner in tables(mapper)
            if owner.autoincrement_column in names
        ),
        distinct=frozenset({*key, *(name for names in keys for name in names)} - referring),
        references=references,
        targets=tuple(_targets(mapper, names)),
        links=tuple(
            link.key
            for link in mapper.relationships
            if link.secondary is not None and not link.viewonly and link.uselist
        ),
    )


def tables(mapper: Mapper[Any]) -> list[Table]:
    """The tables of a class: its own and those it inherits."""
    return [table for table in mapper.tables if isinstance(table, Table)]


def every_column(mapper: Mapper[Any]) -> Iterator[tuple[str, Column[Any]]]:
    """Attribute and column, also where one attribute stands for columns of several tables."""
    for attribute in mapper.column_attrs:
        for column in attribute.columns:
            if isinstance(column, Column):
                yield attribute.key, column


def _writable(column: Column[Any]) -> bool:
    return column.computed is None and not (column.identity is not None and column.identity.always)


def _referred(column: Column[Any]) -> bool:
    """Whether a foreign key refers to it: another value would have to be followed."""
    keys = (key for other in column.table.metadata.tables.values() for key in other.foreign_keys)
    return any(key.references(column.table) and key.column is column for key in keys)


def _fixed(mapper: Mapper[Any], column: Column[Any]) -> bool:
    return column is mapper.polymorphic_on or column is mapper.version_id_col


def _keys(table: Table) -> Iterator[list[Column[Any]]]:
    """The columns of every key: primary, unique constraint, unique index (also by expression)."""
    yield list(table.primary_key.columns)
    for constraint in table.constraints:
        if isinstance(constraint, UniqueConstraint):
            yield list(constraint.columns)
    for index in table.indexes:
        if index.unique:
            yield [column for column in index.columns if column.table is table]


def _references(
    mapper: Mapper[Any], names: Mapping[Column[Any], str], keys: list[tuple[str, ...]]
) -> Iterator[Reference]:
    chains = [
        constraint
        for table in tables(mapper)
        for constraint in sorted(table.foreign_key_constraints, key=_order)
        if not (constraint.referred_table in mapper.tables and _is_inheritance(mapper, constraint))
    ]
    referring = {names[column] for chain in chains for column in chain.columns if column in names}
    crowded = {key[0] for key in keys if key and set(key) <= referring}
    for chain in chains:
        attributes = tuple(names[column] for column in chain.columns)
        yield Reference(
            attributes=attributes,
            parent=chain.referred_table,
            columns=tuple(element.column.name for element in chain.elements),
            nullable=any(column.nullable for column in chain.columns),
            sole=bool(crowded & set(attributes)),
        )


def _order(constraint: ForeignKeyConstraint) -> list[str]:
    return [column.name for column in constraint.columns]


def _is_inheritance(mapper: Mapper[Any], constraint: ForeignKeyConstraint) -> bool:
    return mapper.inherits is not None and set(constraint.columns) <= set(
        constraint.table.primary_key.columns
    )


def _targets(mapper: Mapper[Any], names: Mapping[Column[Any], str]) -> Iterator[tuple[str, ...]]:
    if mapper.polymorphic_on is not None or mapper.version_id_col is not None:
        return  # only the ORM knows how to fill these
    table = mapper.local_table
    assert isinstance(table, Table)  # noqa: S101 # narrows for mypy
    keys = [one for one in table.constraints if isinstance(one, UniqueConstraint)]
    others = [{*table.primary_key.columns}, *({*key.columns} for key in keys)]
    late = [{*key.columns} for key in keys if key.deferrable]
    for key in sorted(keys, key=lambda found: str(found.name)):
        found = {*key.columns}
        if found not in late and not any(other and other < found for other in others):
            yield tuple(names[column] for column in key.columns)
    if table.autoincrement_column is None and not _given(table):
        yield tuple(names[column] for column in table.primary_key.columns)


def _given(table: Table) -> bool:
    """Whether the database or Python makes up the primary key."""
    return any(column.server_default or column.default for column in table.primary_key.columns)
