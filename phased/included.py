"""INCLUDE of an index or a UNIQUE constraint whose table is only a name."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import Column
from sqlalchemy.types import NullType

if TYPE_CHECKING:
    from sqlalchemy import Constraint, Index

T = TypeVar("T", bound="Constraint | Index")


def complete(thing: T) -> T:
    """Give its table the columns of INCLUDE: SQLAlchemy looks them up there, Alembic forgets."""
    table = thing.table
    for column in thing.kwargs.get("postgresql_include") or ():
        if table is not None and isinstance(column, str) and column not in table.c:
            table.append_column(Column(column, NullType))
    return thing
