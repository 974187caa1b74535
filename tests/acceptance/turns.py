"""A release that writes rows one at a time, and keeps a book of what each row must hold.

Two of them share one book: as nothing else writes these rows, it is known whose write was last.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Any

from sqlalchemy import create_engine, insert, inspect
from sqlalchemy.dialects.postgresql import insert as insert_or
from sqlalchemy.orm import Session, undefer

from app.traffic import sqlstate
from app.workload.entities import entities
from app.workload.once import comparable
from app.workload.rows import add, new_values, plain_values, settle, survey, writer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import URL, Engine

    from app.workload.entities import Entity
    from app.workload.rows import Values

    Place = tuple[str, tuple[Any, ...]]
    Written = Iterator[tuple[Place, Values]]

SEEDED = 240
KEPT = 40  # of them in the book from the start


@dataclass
class Book:
    """What the rows must hold.

    Attributes:
        rows: Class and key to what each release must read, column to value.
        gone: What was deleted.
        lock: Held for one write.
    """

    rows: dict[Place, dict[str, Values]] = field(default_factory=dict)
    gone: set[Place] = field(default_factory=set)
    lock: Lock = field(default_factory=Lock)

    def spared(self, entity: Entity, row: Values) -> bool:
        """Whether others must leave a row alone."""
        place = place_of(entity, row)
        return place in self.rows or place in self.gone


class Turns:
    """One release on one connection, as applications have them: what it repeats gets prepared.

    Attributes:
        moving: Names of columns that one release has in another form than the other.
        errors: SQLSTATE and message of what a user would have seen.
        upserts: Whether it uses ON CONFLICT.
    """

    def __init__(  # noqa: PLR0913, PLR0917 # what a release is
        self, name: str, models: Any, url: URL, book: Book, moving: frozenset[str], seed: int
    ) -> None:
        self.name, self.book, self.moving = name, book, moving
        self.engine: Engine = create_engine(url, pool_size=1, max_overflow=0)
        self.entities = entities(models)
        self.errors: list[tuple[str, str]] = []
        self.upserts = True
        with self.engine.connect() as connection:
            self.pen = writer(survey(connection, self.entities, seed), seed, name)
        self.rng = random.Random(seed)  # noqa: S311 # not a secret
        with Session(self.engine) as session, session.begin():
            settle(self.pen, session)

    def take(self) -> None:
        """One turn: everything an application does to a row, on every class."""
        for entity in self.entities:
            for act in (self.add, self.upsert, self.change, self.touch, self.again, self.remove):
                self.attempt(act, entity)

    def attempt(self, act: Callable[[Session, Entity], Written], entity: Entity) -> None:
        """Do one thing in one transaction and note what every row it wrote holds then."""
        with self.book.lock:
            try:
                with Session(self.engine) as session, session.begin():
                    for place, values in act(session, entity):
                        self._note(session, entity, place, values)
            except Exception as error:  # noqa: BLE001 # whatever a user would have seen is a failure
                self.errors.append((sqlstate(error), f"{act.__name__} {entity.table}: {error}"))

    def add(self, session: Session, entity: Entity) -> Written:
        """A full row, and one that leaves to the database what has a default."""
        for every_column in (True, False):
            row = add(self.pen, session, entity, every_column=every_column)
            written = {name: inspect(row).dict[name] for name in inspect(row).dict}
            yield _place(entity, row), {n: v for n, v in written.items() if n in entity.written}

    def upsert(self, session: Session, entity: Entity) -> Written:
        """ON CONFLICT on each key: once on a row of the book, once on none."""
        for target in entity.targets if self.upserts else ():
            for known in (self._some(session, entity), None):
                values = new_values(self.pen, session, entity)
                if known is not None:
                    values |= {name: getattr(known, name) for name in target}
                written = {*entity.plain, *target} & {*values}
                place = self._upsert(session, entity, target, values)
                yield place, {name: values[name] for name in written}

    def change(self, session: Session, entity: Entity) -> Written:
        """Every plain column of two rows, whoever wrote them."""
        for row in filter(None, (self._some(session, entity), self._some(session, entity))):
            values = plain_values(self.pen, entity, entity.plain)
            yield self._set(entity, row, values), values

    def touch(self, session: Session, entity: Entity) -> Written:
        """One plain column of two rows: also such as nothing depends on."""
        free = [name for name in entity.plain if name not in self.pen.survey.checked[entity]]
        for row in filter(None, (self._some(session, entity), self._some(session, entity))):
            if free:
                values = plain_values(self.pen, entity, [self.rng.choice(free)])
                yield self._set(entity, row, values), values

    def again(self, session: Session, entity: Entity) -> Written:
        """A row written as it is: nothing changes."""
        row = self._some(session, entity)
        if row is not None and entity.plain:
            values = {entity.columns[n]: getattr(row, n) for n in entity.plain}
            values = {column: value for column, value in values.items() if value is not None}
            key = [entity.columns[name] == getattr(row, name) for name in entity.key]
            if values:  # None of a JSON column would be another value
                session.execute(entity.table.update().where(*key).values(values))
            yield _place(entity, row), {}

    def remove(self, session: Session, entity: Entity) -> Written:
        """One row of the book."""
        row = self._some(session, entity)
        if row is not None:
            place = _place(entity, row)
            session.delete(row)
            session.flush()
            self.book.rows.pop(place)
            self.book.gone.add(place)
        yield from ()

    def read(self, place: Place) -> Values | None:
        """Every mapped column of a row, as this release reads it; None where there is none."""
        entity = next((found for found in self.entities if name_of(found) == place[0]), None)
        if entity is None:  # a class that only the other release has
            return None
        with Session(self.engine) as session:
            return _read(session, entity, place)

    def _set(self, entity: Entity, row: Any, values: Values) -> Place:
        for name, value in values.items():
            setattr(row, name, value)
        return _place(entity, row)

    def _upsert(
        self, session: Session, entity: Entity, target: tuple[str, ...], values: Values
    ) -> Place:
        columns = entity.columns
        statement = insert_or(entity.table).values({columns[n]: values[n] for n in values})
        changed = {
            columns[name]: statement.excluded[columns[name].key]
            for name in values
            if name in entity.plain and name not in target
        } or {columns[target[0]]: statement.excluded[columns[target[0]].key]}
        key = [columns[name] for name in entity.key]
        found = session.execute(
            statement.on_conflict_do_update(
                index_elements=[columns[name] for name in target], set_=changed
            ).returning(*key)
        ).one()
        return place_of(entity, dict(zip(entity.key, found, strict=True)))

    def _some(self, session: Session, entity: Entity) -> Any:
        """A row of the book that nothing refers to by the book's own doing."""
        places = [place for place in self.book.rows if place[0] == name_of(entity)]
        if not places:
            return None
        key = self.rng.choice(places)[1]
        return session.get(entity.mapper, key, populate_existing=True)

    def _note(self, session: Session, entity: Entity, place: Place, written: Values) -> None:
        """What was written is what is read; where nothing moved, the other reads what it did."""
        session.flush()
        held = _read(session, entity, place)
        assert held is not None, place
        names = {name: column.name for name, column in entity.columns.items()}
        for name, value in written.items():
            found = held[names[name]]
            assert found == value or not comparable(entity, name), (place, name, value, found)
        known = self.book.rows.get(place, {})
        before = {**{names[n]: ... for n in written}, **known.get(self.name, {})}
        moved = any(before.get(n, v) != v for n, v in held.items() if n in self.moving)
        if known and not moved and not self._moving(known.get(self.name, {})):
            held = self._moving(held, still=True)  # the rest of a row may not be filled yet
        kept = {} if moved else {r: self._moving(v) for r, v in known.items()}
        self.book.rows[place] = {**kept, self.name: held}

    def _moving(self, values: Values, *, still: bool = False) -> Values:
        return {name: v for name, v in values.items() if (name in self.moving) != still}


def name_of(entity: Entity) -> str:
    """What both releases call the class."""
    return str(entity.mapper.class_.__name__)


def place_of(entity: Entity, row: Values) -> Place:
    """Where a row is, by the values of its key."""
    return name_of(entity), tuple(row[name] for name in entity.key)


def _place(entity: Entity, row: Any) -> Place:
    return place_of(entity, {name: getattr(row, name) for name in entity.key})


def seed(engine: Engine, models: Any, book: Book) -> None:
    """Some hundred rows on many pages, the last of them in the book."""
    found = entities(models)
    with Session(engine) as session, session.begin():
        pen = writer(survey(session.connection(), found, 7), 7, "seed")
        settle(pen, session)
        for entity in found:
            rows = [new_values(pen, session, entity) for _ in range(SEEDED)]
            session.execute(insert(entity.mapper), rows)
            for place in _last(session, entity):
                held = _read(session, entity, place)
                assert held is not None
                book.rows[place] = {"old": held}


def _last(session: Session, entity: Entity) -> list[Place]:
    columns = [entity.columns[name] for name in entity.key]
    newest = [column.desc() for column in columns]
    found = session.query(*columns).order_by(*newest).limit(KEPT)
    return [place_of(entity, dict(zip(entity.key, row, strict=True))) for row in found]


def _read(session: Session, entity: Entity, place: Place) -> Values | None:
    row = session.get(entity.mapper, place[1], options=[undefer("*")], populate_existing=True)
    if row is None:
        return None
    return {column.name: getattr(row, name) for name, column in entity.columns.items()}
