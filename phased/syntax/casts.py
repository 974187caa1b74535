"""Which changes of a column's type leave its rows, or at least its indexes, as they are.

Source: ``ATColumnChangeRequiresRewrite`` and ``CheckIndexCompatible`` of PostgreSQL.
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

from phased.syntax import types

if TYPE_CHECKING:
    from phased.fact import Facts
    from phased.syntax.types import Type


class Work(IntEnum):
    """What a change of type costs."""

    NOTHING = 0
    INDEXES = 1  # the indexes on the column are built anew
    REWRITE = 2


_SAME_FAMILY = {  # binary coercible, and one operator class serves both
    ("character varying", "text"),
    ("text", "character varying"),
    ("cidr", "inet"),
}
_BINARY = {  # binary coercible, but another operator class
    ("bit", "bit varying"),
    ("bit varying", "bit"),
    ("citext", "character varying"),
    ("citext", "text"),
    ("character varying", "citext"),
    ("character varying", "character"),
    ("integer", "oid"),
    ("oid", "integer"),
    ("oid", "regclass"),
    ("regclass", "oid"),
    ("text", "citext"),
    ("text", "character"),
    ("xml", "character varying"),
    ("xml", "text"),
}
_CLOCKS = ("timestamp without time zone", "timestamp with time zone")
_GROWING = {  # a larger modifier, or none, holds all that a smaller one held
    "character varying",
    "bit varying",
    "numeric",
    "time with time zone",
    "time without time zone",
    "timestamp with time zone",
    "timestamp without time zone",
    "interval",
}
_UTC = frozenset({"utc", "gmt", "etc/utc", "etc/gmt", "uct", "zulu", "universal", "greenwich", "0"})
_MOST_DIGITS = 6  # of a fraction of a second: the most there is, as good as no modifier
_FULL_INTERVAL = (7176,)  # DAY TO SECOND keeps every field
_WIDER = {
    ("smallint", "integer"),
    ("smallint", "bigint"),
    ("integer", "bigint"),
    ("smallint", "numeric"),
    ("integer", "numeric"),
    ("bigint", "numeric"),
    ("real", "double precision"),
    ("date", "timestamp without time zone"),
    ("date", "timestamp with time zone"),
    ("json", "jsonb"),
}


def change(old: str, new: Type, facts: Facts) -> Work:
    """What it costs to change a column from a printed type to another one."""
    before = types.read(old) if old else None
    if before is None or facts.domains.get(new.name, False):
        same = before == new and before is not None
        return Work.NOTHING if same else Work.REWRITE
    return _between(_undomained(before, facts), _undomained(new, facts), facts.time_zone)


def _undomained(held: Type, facts: Facts) -> Type:
    printed = facts.domain_types.get(held.name)
    return types.read(printed) if printed and not held.array else held


def _between(old: Type, new: Type, zone: str) -> Work:
    if old == new:
        return Work.NOTHING
    if old.array or new.array:
        return Work.REWRITE
    if old.name == new.name:
        return Work.NOTHING if _grows(old, new) else Work.REWRITE
    return _other(old, new, zone)


def _grows(old: Type, new: Type) -> bool:
    if old.name not in _GROWING:
        return False
    if not new.mods or (new.name == "interval" and new.mods == _FULL_INTERVAL):
        return True
    if old.name == "numeric":
        return bool(old.mods) and new.mods[0] >= old.mods[0] and new.mods[1] == old.mods[1]
    if old.name.startswith("time") and new.mods[0] >= _MOST_DIGITS:
        return True
    return len(old.mods) == len(new.mods) == 1 and new.mods[0] >= old.mods[0]


def _other(old: Type, new: Type, zone: str) -> Work:
    pair = (old.name, new.name)
    fits = not new.mods
    if pair in _SAME_FAMILY:
        return Work.NOTHING if fits or _fits(old, new) else Work.REWRITE
    if pair in {_CLOCKS, _CLOCKS[::-1]}:
        return Work.INDEXES if fits and zone.lower() in _UTC else Work.REWRITE
    return Work.INDEXES if pair in _BINARY and fits else Work.REWRITE


def _fits(old: Type, new: Type) -> bool:
    return bool(old.mods) and bool(new.mods) and new.mods[0] >= old.mods[0]


def narrows(old: str, new: Type, facts: Facts) -> bool:
    """Whether the new type refuses values that the old one held."""
    if not old:
        return True
    before = types.read(old)
    if not before.array and (before.name, new.name) in _WIDER and not new.mods:
        return False
    return change(old, new, facts) is not Work.NOTHING
