"""Read and write every mapped column once."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, types
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import undefer

from app.workload.entities import entities
from app.workload.operations import relate
from app.workload.rows import add, plain_values, settle, survey, writer

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from app.workload.entities import Entity, Models
    from app.workload.rows import Values, Writer


class ValueChanged(ValueError):
    """A column does not hold what was just written to it."""


def check_once(session: Session, models: Models, *, seed: int | None = None) -> list[str]:
    """Insert a row of every class, read it, update it, read it again; leaves the commit to you.

    Returns:
        The columns that were written and read, as ``table.column``.

    Raises:
        DBAPIError: The database refused a statement.
        ValueChanged: A value was not read back as it was written; where none was, the database
            may have put one.
    """
    found = entities(models)
    seed = secrets.randbits(30) if seed is None else seed
    pen = writer(survey(session.connection(), found, seed), seed)
    settle(pen, session)
    return [name for entity in found for name in _check(pen, session, entity)]


def _check(pen: Writer, session: Session, entity: Entity) -> list[str]:
    for page in (1, 2):
        row = add(pen, session, entity, every_column=page == 1)
        written = {name: getattr(row, name) for name in entity.columns}
        _compare(session, entity, row, written)
    values = plain_values(pen, entity, entity.plain)
    for name, value in values.items():
        setattr(row, name, value)
    session.flush()
    _compare(session, entity, row, values)
    for name in entity.links:
        relate(pen, session, entity, row, name)
        session.flush()
    return [f"{column.table}.{column.name}" for column in entity.columns.values()]


def _compare(session: Session, entity: Entity, row: Any, written: Values) -> None:
    key = entity.mapper.primary_key_from_instance(row)
    session.expunge(row)
    conditions = [c == v for c, v in zip(entity.mapper.primary_key, key, strict=True)]
    read = session.scalars(select(entity.mapper).options(undefer("*")).where(*conditions)).one()
    for name, value in written.items():
        found = getattr(read, name)
        if found != value and value is not None and comparable(entity, name):
            message = f"{entity.columns[name]} was written {value!r} and read {found!r}"
            raise ValueChanged(message)
    session.expunge(read)
    session.add(row)


def comparable(entity: Entity, name: str) -> bool:
    """Whether Python gets back what it gave: padding and parsing change a value."""
    kind = entity.columns[name].type
    kind = kind.item_type if isinstance(kind, types.ARRAY) else kind
    return not isinstance(kind, (types.CHAR, postgresql.TSVECTOR, postgresql.INET))
