"""What a widening is about: columns, the foreign keys between them, what hangs on them. Data."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from phased.naming import relation

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.types import TypeEngine

    Place = tuple[str, str]  # a relation, and an unquoted name on it


@dataclass(frozen=True, slots=True)
class Widened:
    """One column, and the two names that the swap needs beside its own.

    Attributes:
        table: Its table, unquoted.
        schema: Unquoted, or None for the search path.
        name: The column, unquoted.
        mirror: What its successor is called until the swap.
        gone: What the column itself is called from the swap until it is dropped.
        old: Its type now.
        new: The type it gets.
    """

    table: str
    schema: str | None
    name: str
    mirror: str
    gone: str
    old: TypeEngine[Any]
    new: TypeEngine[Any]

    @property
    def relation(self) -> str:
        """The table, for SQL and for facts."""
        return relation(self.table, self.schema)

    @property
    def place(self) -> Place:
        """What the column is found by."""
        return (self.relation, self.name)


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """A foreign key of the database; tables as ``regclass`` prints them, the rest unquoted."""

    name: str
    child: str
    columns: tuple[str, ...]
    parent: str
    targets: tuple[str, ...]
    validated: bool
    sets: tuple[str, ...] = ()  # what SET NULL or SET DEFAULT sets, where it is not all of them
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OwnedSequence:
    """The sequence that a column owns.

    Attributes:
        name: As ``regclass`` prints it.
        place: The column.
        narrow: It counts no further than the old type.
        identity: ``a`` always, ``d`` by default, empty for a sequence by itself.
        options: Of an identity, as they stand behind AS IDENTITY; empty where all are usual.
        after: What makes comment and grants again where the sequence is made anew.
    """

    name: str
    place: Place
    narrow: bool
    identity: str = ""
    options: str = ""
    after: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Held:
    """What hangs on the columns and is in no facts.

    Attributes:
        obstacles: What a swap would break, in PostgreSQL's words.
        sequences: Those that the columns own.
        before: SQL that gives the mirrors what the columns have: grants, statistics.
        after: SQL that follows the swap: names of statistics, comments, replica identity.
    """

    obstacles: tuple[str, ...] = ()
    sequences: tuple[OwnedSequence, ...] = ()
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
