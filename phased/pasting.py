"""Lines of models, to paste: a column that carries on another one of another type."""

from __future__ import annotations

import json
import keyword
import re
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    Computed,
    DefaultClause,
    Enum,
    ForeignKeyConstraint,
    Identity,
    PrimaryKeyConstraint,
)
from sqlalchemy.sql.elements import TextClause
from sqlalchemy.types import TypeDecorator

from phased.expressions import columns_in
from phased.hints import CONVERTED_FROM, FILLED_BY, RENAMED_FROM

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Column
    from sqlalchemy.types import TypeEngine

    from phased.conversions import Conversion

HINTS = {CONVERTED_FROM, FILLED_BY, RENAMED_FROM}
VERSION = re.compile(r"_v(\d+)$")
OBJECT = re.compile(r"(\w+)\(\)$")
ELSEWHERE = "\nLet {names} name {successor} too.\n"
MORE = "..."  # what the column has beyond that


def successor(name: str) -> str:
    """The name of what takes the place of a column or a type: ``amount_v2``, then ``amount_v3``."""
    found = VERSION.search(name)
    return f"{name[: found.start()]}_v{int(found[1]) + 1}" if found else f"{name}_v2"


def attribute_of(column: Column[Any]) -> str:
    """What the models call a column, as far as the column knows."""
    name = str(column.key) if column.key != column.name else VERSION.sub("", str(column.name))
    return name if name.isidentifier() and not keyword.iskeyword(name) else MORE


def carries_on(
    column: Column[Any], given: Conversion | None = None, *, enum: str | None = None
) -> str:
    """The column as its own successor, in a declarative model.

    Args:
        column: The models' column, of its new type, under the name it has in the database.
        given: What `converted_from` has to be told; None where it is obvious.
        enum: A new name for the column's enum type.
    """
    old = str(column.name)
    told = [_string(old)]
    told += [] if given is None else [f"up={_string(given.up)}", f"down={_string(given.down)}"]
    hint = f"info=converted_from({_lines(told, 2)})"
    parts = [_string(successor(old)), _type(column.type, enum), *_options(column), hint]
    return f"{attribute_of(column)}: {_annotation(column)} = mapped_column({_lines(parts, 1)})"


def _string(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def elsewhere(column: Column[Any]) -> str:
    """What else of the models has to name the successor; empty where nothing does."""
    names = named_elsewhere(column)
    new = successor(str(column.name))
    return ELSEWHERE.format(names=", ".join(names), successor=new) if names else ""


def named_elsewhere(column: Column[Any]) -> list[str]:
    """The constraints and indexes that name the column and do not stand in its own line."""
    if column.table is None:
        return []
    table = column.table
    constraints = (one for one in table.constraints if not isinstance(one, PrimaryKeyConstraint))
    things: list[Any] = [*constraints, *table.indexes]
    apart = [one for one in things if not getattr(one, "_column_flag", False)]
    return sorted(str(one.name) for one in apart if str(column.name) in _names(one))


def _names(thing: Any) -> set[str]:
    if isinstance(thing, CheckConstraint):
        return set() if getattr(thing, "_type_bound", False) else set(columns_in(thing.sqltext))
    if isinstance(thing, ForeignKeyConstraint):
        inline = len(thing.columns) == 1
        return set() if inline else {str(column.name) for column in thing.columns}
    return {str(column.name) for column in thing.columns}


def _lines(parts: list[str], depth: int) -> str:
    """Arguments, one a line where there are several."""
    if len(parts) == 1:
        return parts[0]
    indent = "    " * depth
    return "".join(f"\n{indent}{part}," for part in parts) + "\n" + indent[4:]


def _annotation(column: Column[Any]) -> str:
    name = _python(column.type)
    return f"Mapped[{name} | None]" if column.nullable else f"Mapped[{name}]"


def _python(held: TypeEngine[Any]) -> str:
    if isinstance(held, ARRAY):
        return f"list[{_python(held.item_type)}]"
    enum_class = getattr(held, "enum_class", None)
    try:
        found = enum_class or held.python_type
    except NotImplementedError:
        return "Any"
    return "Any" if found in {object, dict} else str(found.__name__)


def _type(held: TypeEngine[Any], enum: str | None) -> str:
    """A type as one writes it; every enum in it under another name, if one is given."""
    if isinstance(held, ARRAY):
        return f"ARRAY({_type(held.item_type, enum)})"
    if isinstance(held, Enum) and held.native_enum:
        labels = [held.enum_class.__name__] if held.enum_class else map(_string, held.enums)
        schema = [f"schema={_string(held.schema)}"] if held.schema else []
        return f"Enum({', '.join([*labels, f'name={_string(str(enum or held.name))}', *schema])})"
    if isinstance(held, TypeDecorator):
        return type(held).__name__  # what it was made with is its own business
    return OBJECT.sub(r"\1", repr(held).replace("(astext_type=Text())", "()"))


def _options(column: Column[Any]) -> Iterator[str]:
    yield from (f'ForeignKey("{key.target_fullname}")' for key in column.foreign_keys)
    default = column.server_default
    if isinstance(default, DefaultClause):
        yield f"server_default={_default(default.arg)}"
    if column.index:
        yield "index=True"
    if column.unique:
        yield "unique=True"
    if column.comment:
        yield f"comment={_string(column.comment)}"
    if column.default is not None or column.onupdate is not None or _unknown(column):
        yield MORE


def _unknown(column: Column[Any]) -> bool:
    return isinstance(column.server_default, Computed | Identity) or bool(set(column.info) - HINTS)


def _default(given: Any) -> str:
    if isinstance(given, TextClause):
        return f"text({_string(given.text)})"
    return _string(given) if isinstance(given, str) else MORE
