"""New rows for any mapped class: values by type, parents that exist, CHECKs that hold."""

from __future__ import annotations

import random
import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select
from sqlalchemy.types import Integer, Uuid

from app.workload.checks import satisfying
from app.workload.entities import every_column, tables
from app.workload.values import shapes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sqlalchemy import Column, Connection, Table
    from sqlalchemy.orm import Session

    from app.workload.entities import Entity, Reference
    from app.workload.values import Shape

    Values = dict[str, Any]

ANCHORS = 3
SEEN = 300


@dataclass(frozen=True, slots=True)
class Survey:
    """What is known of the database before the first row is written.

    Attributes:
        shapes: For every class, attribute to the shape its values have.
        checked: For every class, attributes that a CHECK names: an INSERT always gives them.
        rows: For every class, some rows that exist, as attribute to value.
    """

    entities: Sequence[Entity]
    shapes: Mapping[Entity, Mapping[str, Shape]]
    checked: Mapping[Entity, frozenset[str]]
    rows: Mapping[Entity, list[Values]]


def survey(
    connection: Connection,
    entities: Sequence[Entity],
    seed: int,
    spared: Callable[[Entity, Values], bool] | None = None,
) -> Survey:
    """Ask the server which values the CHECKs accept, and for rows to begin with."""
    chosen = {entity: _satisfying(connection, entity) for entity in entities}
    return Survey(
        entities=entities,
        shapes={entity: _shapes(entity) | chosen[entity] for entity in entities},
        checked={entity: frozenset(chosen[entity]) for entity in entities},
        rows={
            entity: [
                row
                for row in _seen(connection, entity, seed)
                if spared is None or not spared(entity, row)
            ]
            for entity in entities
        },
    )


def _satisfying(connection: Connection, entity: Entity) -> dict[str, Shape]:
    names = {column: name for name, column in every_column(entity.mapper)}
    distinct = frozenset(column for column, name in names.items() if name in entity.distinct)
    return {
        names[column]: shape
        for table in tables(entity.mapper)
        for column, shape in satisfying(connection, table, distinct).items()
        if column in names
    }


def _shapes(entity: Entity) -> dict[str, Shape]:
    return {
        name: shapes(entity.columns[name].type, unique=name in entity.distinct)[0]
        for name in entity.written
    }


def _seen(connection: Connection, entity: Entity, seed: int) -> list[Values]:
    """A sample of the rows that are there: their keys and their undeclared references."""
    names = [*entity.key, *(name for name in entity.plain if _looks_like_reference(entity, name))]
    key = [entity.columns[name] for name in entity.key]
    mixed = func.hashtextextended(func.concat_ws(" ", *key), seed)
    rows = connection.execute(
        select(*(entity.columns[name] for name in names))
        .select_from(entity.mapper.selectable)
        .order_by(mixed)
        .limit(SEEN)
    )
    return [dict(zip(names, row, strict=True)) for row in rows]


def _looks_like_reference(entity: Entity, name: str) -> bool:
    """A number or UUID called ``…_id`` may refer to rows without saying so in the model."""
    column: Column[Any] = entity.columns[name]
    called = any(word.endswith(("_id", "Id")) for word in (name, column.name))
    return called and name not in entity.distinct and isinstance(column.type, (Integer, Uuid))


@dataclass(slots=True)
class Writer:
    """One worker's own supply of numbers, and the rows it wrote that others may refer to."""

    survey: Survey
    rng: random.Random
    number: int
    parents: dict[Table, list[Values]] = field(default_factory=dict)

    def next(self) -> int:
        """A number that this writer has not used."""
        self.number += 1
        return self.number


def writer(survey: Survey, *names: object) -> Writer:
    """A writer whose numbers follow from the names, far from those of other names."""
    number = 2**29 + zlib.crc32(" ".join(map(str, names)).encode()) % 2**29
    return Writer(survey, random.Random(number), number)  # noqa: S311 # not a secret


def settle(writer: Writer, session: Session) -> None:
    """Write the rows that later ones refer to; they are never deleted."""
    for entity in writer.survey.entities:
        for _ in range(ANCHORS):
            row = _parent(writer, session, entity, frozenset())
            writer.parents.setdefault(entity.table, []).append(row)


def add(writer: Writer, session: Session, entity: Entity, *, every_column: bool) -> Any:
    """Write one row through the ORM; columns with a default may be left to the database."""
    return _add(writer, session, entity, frozenset(), every_column=every_column)


def _add(
    writer: Writer,
    session: Session,
    entity: Entity,
    above: frozenset[Table],
    *,
    every_column: bool = True,
) -> Any:
    row = entity.mapper.class_manager.new_instance()
    if entity.mapper.polymorphic_on is not None:  # SQLAlchemy sets it in __init__
        discriminator = entity.mapper.get_property_by_column(entity.mapper.polymorphic_on).key
        setattr(row, discriminator, entity.mapper.polymorphic_identity)
    for name, value in new_values(
        writer, session, entity, above, every_column=every_column
    ).items():
        setattr(row, name, value)
    session.add(row)
    session.flush()
    return row


def new_values(
    writer: Writer,
    session: Session,
    entity: Entity,
    above: frozenset[Table] = frozenset(),
    *,
    every_column: bool = True,
) -> Values:
    """Attribute to value for one new row; writes parents where there are none to refer to."""
    names = [name for name in entity.written if every_column or _needed(writer, entity, name)]
    values = plain_values(writer, entity, names)
    for reference in entity.references:
        values |= _refer(writer, session, entity, reference, above)
    return values


def _needed(writer: Writer, entity: Entity, name: str) -> bool:
    column = entity.columns[name]
    may_be_null = column.nullable and name not in entity.distinct  # NULL may be one value too
    given = column.server_default or column.default or column.identity or may_be_null
    return not given or name in writer.survey.checked[entity]


def plain_values(writer: Writer, entity: Entity, names: Sequence[str]) -> Values:
    """Attribute to value, references aside."""
    number = writer.next()
    referring = {name for reference in entity.references for name in reference.attributes}
    return {
        name: _value(writer, entity, name, number + place)
        if name not in entity.distinct
        else writer.survey.shapes[entity][name](number)
        for place, name in enumerate(names)
        if name not in referring and name not in entity.numbered
    }


def _value(writer: Writer, entity: Entity, name: str, number: int) -> Any:
    if _looks_like_reference(entity, name):
        known = [row[name] for row in writer.survey.rows[entity] if row[name] is not None]
        if known or entity.columns[name].nullable:
            return writer.rng.choice(known) if known else None
    return writer.survey.shapes[entity][name](number)


def _refer(
    writer: Writer,
    session: Session,
    entity: Entity,
    reference: Reference,
    above: frozenset[Table],
) -> Values:
    shape = writer.survey.shapes[entity].get(reference.attributes[0])
    refused = (
        reference.attributes[0] in writer.survey.checked[entity] and shape and shape(1) is None
    )
    parent = None if refused else _choose(writer, session, entity, reference, above)
    if parent is None:
        return dict.fromkeys(reference.attributes) if reference.nullable else {}
    return {
        name: parent[column]
        for name, column in zip(reference.attributes, reference.columns, strict=True)
    }


def _choose(
    writer: Writer,
    session: Session,
    entity: Entity,
    reference: Reference,
    above: frozenset[Table],
) -> Values | None:
    """A row to refer to, as column name to value."""
    parents = writer.parents.get(reference.parent, [])
    if reference.parent in above | {entity.table} and reference.nullable:
        return writer.rng.choice(parents) if parents else None
    if parents and not reference.sole:
        place = entity.references.index(reference)
        return parents[(writer.number + place) % len(parents)]
    return _new_parent(writer, session, reference.parent, above | {entity.table})


def _new_parent(
    writer: Writer, session: Session, table: Table, above: frozenset[Table]
) -> Values | None:
    owner = next((found for found in writer.survey.entities if found.table is table), None)
    if owner is None or table in above:
        found = session.execute(select(table).limit(1)).mappings().first()
        return {column.name: found[column] for column in table.columns} if found else None
    return _parent(writer, session, owner, above)


def _parent(writer: Writer, session: Session, entity: Entity, above: frozenset[Table]) -> Values:
    row = _add(writer, session, entity, above)
    return {
        column.name: getattr(row, name)
        for name, column in entity.columns.items()
        if column.table is entity.table
    }
