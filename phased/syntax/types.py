"""Types as ``format_type`` prints them, and the parts they consist of."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from phased import naming
from phased.syntax.tree import kind, one, strings, walk

if TYPE_CHECKING:
    from phased.syntax.tree import Node

PRINTED = {
    **{name: name for name in ("bit", "interval", "json", "numeric")},  # keywords, and not quoted
    "bool": "boolean",
    "bpchar": "character",
    "char": '"char"',
    "float4": "real",
    "float8": "double precision",
    "int2": "smallint",
    "int4": "integer",
    "int8": "bigint",
    "timestamp": "timestamp without time zone",
    "timestamptz": "timestamp with time zone",
    "time": "time without time zone",
    "timetz": "time with time zone",
    "varbit": "bit varying",
    "varchar": "character varying",
}
SERIAL = {
    "serial": "integer",
    "serial4": "integer",
    "bigserial": "bigint",
    "serial8": "bigint",
    "smallserial": "smallint",
    "serial2": "smallint",
}
_MOST_DIGITS = 6  # of a fraction of a second
_INTERVAL_FULL = 32767  # the field mask that stands for all fields
_INTERVAL_FIELDS = {4: "year", 2: "month", 8: "day", 1024: "hour", 2048: "minute", 4096: "second"}


@dataclass(frozen=True, slots=True)
class Type:
    """A type: its name as printed without modifiers, its modifiers, its array dimensions."""

    name: str
    mods: tuple[int, ...] = ()
    array: bool = False


def of(type_name: Node) -> Type:
    """The type that a TypeName stands for."""
    parts = strings(type_name.names)
    mods = tuple(_mod(item) for item in type_name.typmods)
    name = ".".join(naming.quote(part) for part in parts)
    if parts[0] == "pg_catalog" or len(parts) == 1:
        # "char" without pg_catalog is the one-byte type; CHAR parses as pg_catalog.bpchar
        name = PRINTED.get(parts[-1], naming.quote(parts[-1]))
    if name == "interval":
        mods = mods[1:] if mods[:1] == (_INTERVAL_FULL,) else mods
    if name == "numeric" and len(mods) == 1:
        mods = (*mods, 0)
    return Type(name, mods, bool(type_name.array_bounds))


def _mod(item: Node) -> int:
    return int(item.a_const.ival.ival) if item.HasField("a_const") else 0


@lru_cache(maxsize=512)
def read(printed: str) -> Type:
    """The type that PostgreSQL printed as this text."""
    _, node = one(f"SELECT NULL::{printed}")
    return next(of(item.type_name) for item in walk(node) if kind(item) == "TypeCast")


def show(held: Type) -> str:
    """The type as ``format_type`` prints it: ``timestamp(3) without time zone``."""
    if held.name == "interval" and held.mods and held.mods[0] > _MOST_DIGITS:
        return _interval(*held.mods) + ("[]" if held.array else "")
    mods = f"({','.join(map(str, held.mods))})" if held.mods else ""
    word, space, rest = held.name.partition(" ")
    tail = "[]" if held.array else ""
    if word in {"timestamp", "time"}:
        return f"{word}{mods}{space}{rest}{tail}"
    return f"{held.name}{mods}{tail}"


def _interval(mask: int, digits: int | None = None) -> str:
    """``interval day to second(3)``, from the mask of its fields."""
    fields = [word for bit, word in _INTERVAL_FIELDS.items() if mask & bit]
    ends = dict.fromkeys((fields[0], fields[-1]))
    return f"interval {' to '.join(ends)}{f'({digits})' if digits is not None else ''}"


def serial(type_name: Node) -> str | None:
    """The integer type behind ``serial`` and its kin; None for every other type."""
    parts = strings(type_name.names)
    return SERIAL.get(parts[0]) if len(parts) == 1 else None
