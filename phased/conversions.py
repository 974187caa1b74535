"""Conversions between two types that need no explanation: filled in, and shown in the revision.

Obvious is what carries every value over exactly or fails on it: '12' and 12, a timestamp and that
instant in UTC. What rounds, cuts off or hangs on a setting is not. The way back need not hold all
that the new type can: there such a value is rounded, or refused to whoever writes it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import ARRAY, Enum
from sqlalchemy.dialects.postgresql import DOMAIN
from sqlalchemy.exc import CompileError
from sqlalchemy.types import TypeDecorator

from phased import labels
from phased.dialect import dialect
from phased.naming import quote, relation
from phased.syntax import types
from phased.syntax.casts import Work, change

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Column
    from sqlalchemy.types import TypeEngine

    from phased.fact import Facts
    from phased.syntax.types import Type

ENUM = "enum"
NAIVE, AWARE = "timestamp without time zone", "timestamp with time zone"
INTEGERS = ("smallint", "integer", "bigint")
STRINGS = ("text", "character varying", "citext")
TEXTS = {*STRINGS, "character"}
READABLE = (*INTEGERS, "numeric", "uuid", "json", "jsonb", ENUM)  # no setting changes their text
CASTS = {
    *((old, new) for old in INTEGERS for new in INTEGERS),
    *((old, "numeric") for old in INTEGERS),
    *(("numeric", new) for new in INTEGERS),
    *((text, other) for text in STRINGS for other in READABLE),
    *((other, text) for text in STRINGS for other in READABLE),
    ("smallint", "real"),
    ("smallint", "double precision"),
    ("integer", "double precision"),
    ("real", "double precision"),
    ("date", NAIVE),
    ("json", "jsonb"),
    ("jsonb", "json"),
}
ZONES = {
    (NAIVE, AWARE): "{} AT TIME ZONE 'UTC'",
    (AWARE, NAIVE): "{} AT TIME ZONE 'UTC'",
    ("date", AWARE): "{}::timestamp AT TIME ZONE 'UTC'",
}
CUT = {(AWARE, "date"): "({} AT TIME ZONE 'UTC')::date"}
MOST_DIGITS = 6  # of a fraction of a second
_DIALECT = dialect()


@dataclass(frozen=True, slots=True)
class Conversion:
    """How a new column is made from an old one, and the old one from the new one; SQL."""

    up: str
    down: str


@dataclass(frozen=True, slots=True)
class Kind:
    """A column's type as conversions see it: what a domain is over, one name for all enums.

    Attributes:
        type: Its name is `ENUM` for an enum.
        enum: The name of the enum, for SQL.
        labels: Of the enum.
    """

    type: Type
    enum: str = ""
    labels: tuple[str, ...] = ()


def obvious(old: Column[Any], new: Column[Any], facts: Facts) -> Conversion | None:
    """The conversion between two columns whose types leave no doubt; None where they do.

    Args:
        old: The database's column.
        new: The models' column.
        facts: The database.
    """
    before, after = kind(old.type, facts), kind(new.type, facts)
    if before is None or after is None or not _carries(before, after, facts):
        return None
    return suggested(old, new, facts)


def suggested(old: Column[Any], new: Column[Any], facts: Facts) -> Conversion | None:
    """The conversion by casts, to be thought over; None where a type cannot be read.

    Args:
        old: The database's column.
        new: The models' column.
        facts: The database.
    """
    before, after = kind(old.type, facts), kind(new.type, facts)
    if before is None or after is None:
        return None
    there, back = quote(str(old.name)), quote(str(new.name))
    moves = labels.moves(before.labels, after.labels)
    return Conversion(
        _converted(there, before, after, moves.up), _converted(back, after, before, moves.down)
    )


def kind(held: TypeEngine[Any], facts: Facts) -> Kind | None:
    """A type as conversions see it; None where SQLAlchemy cannot say what it is."""
    bare = _bare(held)
    item = _bare(bare.item_type) if isinstance(bare, ARRAY) else bare
    if isinstance(item, Enum) and item.native_enum and item.name:
        schema = None if item.schema == facts.schema else item.schema
        array = isinstance(bare, ARRAY)
        return Kind(
            types.Type(ENUM, array=array), relation(str(item.name), schema), tuple(item.enums)
        )
    try:
        return Kind(types.read(bare.compile(dialect=_DIALECT)))
    except CompileError:
        return None


def _bare(held: TypeEngine[Any]) -> TypeEngine[Any]:
    while isinstance(held, TypeDecorator | DOMAIN):
        decorated = isinstance(held, TypeDecorator)
        held = held.load_dialect_impl(_DIALECT) if decorated else held.data_type  # type: ignore[union-attr] # one of the two
    return held


def _carries(old: Kind, new: Kind, facts: Facts) -> bool:
    """Whether every value arrives as it is, or not at all."""
    pair = (old.type.name, new.type.name)
    if old.type.array != new.type.array:
        return False
    if pair == (ENUM, ENUM):
        return set(old.labels) <= set(new.labels)
    if pair in ZONES:
        return not old.type.array and _keeps_digits(old.type, new.type)
    if TEXTS.issuperset(pair) or _holds(old.type, new.type, facts):
        return True
    return pair in CASTS and _keeps_scale(old.type, new.type)


def _holds(old: Type, new: Type, facts: Facts) -> bool:
    """Whether it is the same type, at least as wide."""
    if old.name != new.name:
        return not old.array and change(types.show(old), new, facts) is Work.NOTHING
    if old.mods == new.mods or not new.mods:
        return True
    if new.name == "numeric":
        return _keeps_scale(old, new)
    return new.name.startswith("time") and _keeps_digits(old, new)


def _keeps_digits(old: Type, new: Type) -> bool:
    """Whether no fraction of a second is rounded."""
    return not new.mods or new.mods[0] >= MOST_DIGITS or bool(old.mods and old.mods <= new.mods)


def _keeps_scale(old: Type, new: Type) -> bool:
    """Whether no digit after the point is rounded; too many before it are an error anyway."""
    if new.name == "numeric":
        return not new.mods or old.name in INTEGERS or bool(old.mods and old.mods[1] <= new.mods[1])
    rounds = old.name == "numeric" and new.name in INTEGERS
    return not rounds or (bool(old.mods) and old.mods[1] <= 0)


def _converted(column: str, old: Kind, new: Kind, pairs: Mapping[str, str]) -> str:
    pair = (old.type.name, new.type.name)
    if pair in ZONES | CUT:
        return (ZONES | CUT)[pair].format(column)
    if TEXTS.issuperset(pair) or (pair[0] == pair[1] and old.enum == new.enum):
        return column  # to be assigned: a cast to varchar(5) would cut off what is longer
    if pair == (ENUM, ENUM):
        return labels.moved(column, pairs, new.enum, array=new.type.array)
    return f"{column}::{new.enum or new.type.name}{'[]' if new.type.array else ''}"
