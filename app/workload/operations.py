"""What traffic does: one short transaction through the ORM each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select, tuple_
from sqlalchemy.dialects.postgresql import insert as insert_or
from sqlalchemy.orm import undefer

from app.workload.rows import add, new_values, plain_values

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy.orm import Session

    from app.workload.entities import Entity
    from app.workload.rows import Values, Writer

    Own = dict[Entity, list[Values]]
    Operation = Callable[[Writer, Session, Entity, list[Values]], None]


def get(writer: Writer, session: Session, entity: Entity, own: list[Values]) -> None:
    """Read one row by its primary key, every mapped column."""
    key = _some_key(writer, entity, own)
    if key:
        session.get(entity.mapper, key, options=[undefer("*")])


def page(writer: Writer, session: Session, entity: Entity, own: list[Values]) -> None:
    """Read a page of rows in the order of the primary key, every mapped column."""
    columns = [entity.mapper.attrs[name].class_attribute for name in entity.key]
    query = select(entity.mapper).options(undefer("*")).order_by(*columns).limit(20)
    key = _some_key(writer, entity, own)
    if key:
        query = query.where(tuple_(*columns) >= tuple(key[name] for name in entity.key))
    session.scalars(query).all()


def insert(writer: Writer, session: Session, entity: Entity, own: list[Values]) -> None:
    """Write a new row; every other one leaves columns with a default to the database."""
    row = add(writer, session, entity, every_column=writer.number % 2 == 0)
    _remember(entity, row, own)


def update(writer: Writer, session: Session, entity: Entity, own: list[Values]) -> None:
    """Set every plain column of one row."""
    key = _some_key(writer, entity, own)
    row = session.get(entity.mapper, key) if key else None
    if row is not None:
        for name, value in plain_values(writer, entity, entity.plain).items():
            setattr(row, name, value)


def touch(writer: Writer, session: Session, entity: Entity, own: list[Values]) -> None:
    """Set one plain column of one row; none that a CHECK may compare with others."""
    free = [name for name in entity.plain if name not in writer.survey.checked[entity]]
    key = _some_key(writer, entity, own)
    row = session.get(entity.mapper, key) if key and free else None
    if row is not None:
        [(name, value)] = plain_values(writer, entity, [writer.rng.choice(free)]).items()
        setattr(row, name, value)


def upsert(writer: Writer, session: Session, entity: Entity, own: list[Values]) -> None:
    """INSERT … ON CONFLICT DO UPDATE on one of the class's keys; half of them do conflict."""
    target = writer.rng.choice(entity.targets)
    values = new_values(writer, session, entity)
    if own and writer.rng.random() < 0.5:  # noqa: PLR2004 # half
        known = writer.rng.choice(own)
        values |= {name: known[name] for name in target}
    names = {name: entity.columns[name] for name in values}
    statement = insert_or(entity.table).values({names[name]: values[name] for name in names})
    columns = [entity.columns[name] for name in target]
    changed = {
        column: statement.excluded[column.key]
        for name, column in names.items()
        if name in entity.plain and name not in target
    }
    session.execute(
        statement.on_conflict_do_update(index_elements=columns, set_=changed)
        if changed
        else statement.on_conflict_do_nothing(index_elements=columns)
    )


def delete(writer: Writer, session: Session, entity: Entity, own: list[Values]) -> None:
    """Delete a row that this worker wrote."""
    values = own.pop(writer.rng.randrange(len(own)))
    row = session.get(entity.mapper, {name: values[name] for name in entity.key})
    if row is not None:
        session.delete(row)


def link(writer: Writer, session: Session, entity: Entity, own: list[Values]) -> None:
    """Add a row of this worker to a many-to-many relationship, or take it out."""
    values = own[writer.rng.randrange(len(own))]
    row = session.get(entity.mapper, {name: values[name] for name in entity.key})
    if row is not None:
        relate(writer, session, entity, row, writer.rng.choice(entity.links))


def relate(writer: Writer, session: Session, entity: Entity, row: Any, name: str) -> None:
    """Put a row that this worker may refer to into a relationship, or take it out."""
    other = _partner(writer, session, entity, name)
    linked = getattr(row, name)
    if other in linked:
        linked.remove(other)
    elif other is not None:
        linked.append(other)


def _partner(writer: Writer, session: Session, entity: Entity, name: str) -> Any:
    mapper = entity.mapper.relationships[name].mapper
    known = [rows for table, rows in writer.parents.items() if table is mapper.local_table]
    if not known:
        return None
    parent = writer.rng.choice(known[0])
    return session.get(mapper, tuple(parent[column.name] for column in mapper.primary_key))


def _some_key(writer: Writer, entity: Entity, own: Sequence[Values]) -> Values:
    """The key of a row of ours or of one that was there before; empty when there is none."""
    rows = own if own and writer.rng.random() < 0.5 else writer.survey.rows[entity] or own  # noqa: PLR2004 # half
    row = writer.rng.choice(rows) if rows else {}
    return {name: row[name] for name in entity.key if name in row}


def _remember(entity: Entity, row: Any, own: list[Values]) -> None:
    names = {*entity.key, *(name for target in entity.targets for name in target)}
    own.append({name: getattr(row, name) for name in names})


def possible(entity: Entity, own: Sequence[Values]) -> list[Operation]:
    """The operations that make sense for a class now; the more usual ones several times."""
    choices: list[tuple[Operation, int, bool]] = [
        (get, 10, True),
        (page, 3, True),
        (insert, 5, True),
        (update, 4, bool(entity.plain)),
        (touch, 2, bool(entity.plain)),
        (upsert, 2, bool(entity.targets)),
        (link, 3, bool(entity.links and own)),
        (delete, 3, bool(own)),
    ]
    return [operation for operation, weight, sensible in choices for _ in range(weight * sensible)]
