"""Changes that are about a column which gives way to its successor: they would go with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alembic.operations.ops import (
    AddConstraintOp,
    AlterColumnOp,
    CreateForeignKeyOp,
    CreateIndexOp,
    CreateTableOp,
    DropColumnOp,
    DropConstraintOp,
    DropIndexOp,
)
from sqlalchemy import ForeignKeyConstraint

from phased.expressions import columns_in
from phased.naming import quote, relation
from phased.recipe import Replace, table_of
from phased.succession import SucceedOp

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from alembic.operations import MigrateOperation

    from phased.widening.column import Place

UNQUALIFIED = 2  # table and column


def conflict(
    changes: Iterable[MigrateOperation], places: Collection[Place]
) -> tuple[str, str] | None:
    """The first column of these that something else is changed about, and what that is."""
    for op in changes:
        place = next((place for place in _places(op) if place in places), None)
        if place is not None:
            return f"{place[0]}.{quote(place[1])}", _what(op)
    return None


def _places(op: MigrateOperation) -> Iterator[Place]:
    if isinstance(op, Replace):
        yield from (*_places(op.drop), *_places(op.create))
    elif isinstance(op, CreateTableOp):
        for item in op.columns:
            if isinstance(item, ForeignKeyConstraint):
                yield from _targets(item)
    elif isinstance(op, DropConstraintOp | DropIndexOp):
        before = op._reverse  # noqa: SLF001 # Alembic's place for the old definition
        yield from () if before is None else _places(before)
    elif isinstance(op, DropColumnOp | AlterColumnOp):
        yield (table_of(op), op.column_name)
    elif isinstance(op, SucceedOp):
        yield from ((table_of(op), name) for name in op.old)
    elif isinstance(op, AddConstraintOp | CreateIndexOp):
        yield from _of_created(op)


def _of_created(op: Any) -> Iterator[Place]:
    if isinstance(op, CreateForeignKeyOp):
        parent = relation(op.referent_table, op.kw.get("referent_schema"))
        yield from ((table_of(op), str(name)) for name in op.local_cols)
        yield from ((parent, str(name)) for name in op.remote_cols)
        return
    filtered = op.kw.get("postgresql_where")
    elements = [*getattr(op, "columns", ()), *([] if filtered is None else [filtered])]
    condition = getattr(op, "condition", None)
    for element in [*elements, *([] if condition is None else [condition])]:
        plain = isinstance(element, str) and condition is None
        names = {str(element)} if plain else columns_in(element)
        yield from ((table_of(op), name) for name in names)


def _targets(key: ForeignKeyConstraint) -> Iterator[Place]:
    for element in key.elements:
        *schema, table, column = element.target_fullname.rsplit(".", UNQUALIFIED)
        yield (relation(table, schema[0] if schema else None), column)


def _what(op: Any) -> str:
    if isinstance(op, Replace):
        return _what(op.create)
    if isinstance(op, CreateTableOp):
        return f"new table {table_of(op)}"
    kind = "index" if isinstance(op, CreateIndexOp | DropIndexOp) else "constraint"
    name = getattr(op, "index_name", None) or getattr(op, "constraint_name", None)
    return f"{kind} {quote(str(name))} of {table_of(op)}" if name else "the column itself"
