"""Enum types: labels that the models have in addition, and any other change of labels."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import ARRAY, Enum, text

from phased.compiled import type_name
from phased.operations.add_enum_value import AddEnumValueOp
from phased.operations.change_enum import ChangeEnumOp

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from alembic.operations.ops import MigrateOperation
    from sqlalchemy.types import TypeEngine

    from phased.comparator import Everything

COMPARES = ("schema", "phased")
LABELS = text("""
    SELECT w.name, ARRAY(SELECT CAST(e.enumlabel AS text) FROM pg_catalog.pg_enum e
                         WHERE e.enumtypid = t.oid ORDER BY e.enumsortorder) AS labels
    FROM json_array_elements_text(CAST(:names AS json)) AS w(name)
    JOIN pg_catalog.pg_type t ON t.oid = to_regtype(w.name) AND t.typtype = 'e'
""")


def compare(run: Everything) -> Iterator[MigrateOperation]:
    """New labels, each with its place; one `ChangeEnumOp` where that is not all."""
    enums = {type_name(enum, run.to): enum for enum in _enums(run)}
    for name, old in sorted(_labels(run, enums).items()):
        enum = enums[name]
        yield from changes(str(enum.name), enum.schema, old, tuple(enum.enums))


def _labels(run: Everything, enums: Mapping[str, Enum]) -> dict[str, tuple[str, ...]]:
    connection = run.context.connection
    if connection is None or not enums:
        return {}
    rows = connection.execute(LABELS, {"names": json.dumps(list(enums))})
    return {name: tuple(labels) for name, labels in rows}


def changes(
    name: str, schema: str | None, old: tuple[str, ...], new: tuple[str, ...]
) -> Iterator[MigrateOperation]:
    """What makes the new labels of the old ones."""
    if old != tuple(label for label in new if label in old):
        yield ChangeEnumOp(name, old, new, schema=schema)
        return
    for place, label in enumerate(new):
        if label not in old:
            yield AddEnumValueOp(name, label, schema=schema, **_place(old, new, place))


def _place(old: tuple[str, ...], new: tuple[str, ...], place: int) -> dict[str, str]:
    """BEFORE the label that follows it in the database, AFTER none: last is where one is added."""
    following = next((label for label in new[place + 1 :] if label in old), None)
    return {} if following is None else {"before": following}


def _enums(run: Everything) -> Iterator[Enum]:
    for table in run.context.sorted_tables:
        for column in table.columns:
            enum = _enum(column.type, run)
            if enum is not None:
                yield enum


def _enum(type_: TypeEngine[Any], run: Everything) -> Enum | None:
    implementation = type_.dialect_impl(run.to.dialect)
    while isinstance(implementation, ARRAY):
        implementation = implementation.item_type.dialect_impl(run.to.dialect)
    if isinstance(implementation, Enum) and implementation.native_enum:
        return implementation
    return None
