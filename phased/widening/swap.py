"""The contract of a widening: everything beside the traffic, and then one short swap."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alembic.operations.ops import (
    AlterColumnOp,
    CreateCheckConstraintOp,
    DropColumnOp,
    DropConstraintOp,
)
from sqlalchemy.sql.elements import conv

from phased.filling import set_default
from phased.naming import invent, quote
from phased.operations.carry import CarryOp
from phased.operations.create_primary_key_using_index import CreatePrimaryKeyUsingIndexOp
from phased.operations.create_unique_constraint_using_index import (
    CreateUniqueConstraintUsingIndexOp,
)
from phased.operations.mirror_columns import StopMirroringOp
from phased.operations.note import NoteOp
from phased.operations.rename_constraint import RenameConstraintOp
from phased.operations.rename_index import RenameIndexOp
from phased.operations.validate_constraint import ValidateConstraintOp
from phased.widening import sequences
from phased.widening.work import by_table, constraints, default, indexes, proved, strict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from alembic.operations import MigrateOperation

    from phased.widening.column import Widened
    from phased.widening.copies import Copied
    from phased.widening.work import Work

KINDS = {"p": "primary", "u": "unique", "c": "check", "f": "foreignkey"}
BEGINS = (
    "The swap, in one transaction that changes the catalog alone. What a connection has prepared "
    "and selects one of these columns fails once then: see `phased plan`."
)

TWICE = (
    "From here to the swap there are two unique indexes over the same values. Two INSERTs ... ON "
    "CONFLICT that bring one new key in the same moment can fail on the copy (23505): try again."
)


def beside(work: Work) -> Iterator[MigrateOperation]:
    """What takes long: indexes, and constraints that are validated; nobody waits for it."""
    plain, unique = _by_uniqueness(indexes(work))
    yield from (one.create for one in plain)
    for table, schema, name in proved(work):
        yield from _proof(table, schema, name)
    checks, keys = _by_kind(constraints(work))
    yield from (op for one in checks for op in _checked(one))
    yield from (NoteOp(TWICE), *(one.create for one in unique)) if unique else ()
    yield from (op for one in keys for op in _checked(one))
    yield from map(CarryOp, work.held.before)


def _by_uniqueness(found: list[Copied]) -> tuple[list[Copied], list[Copied]]:
    """Plain indexes, and unique ones: of these there are two for as short as can be."""
    unique = [one for one in found if one.create.unique]
    return [one for one in found if not one.create.unique], unique


def _by_kind(found: list[Copied]) -> tuple[list[Copied], list[Copied]]:
    """Checks, and foreign keys: these need the unique indexes."""
    keys = [one for one in found if one.kind == "f"]
    return [one for one in found if one.kind != "f"], keys


def _checked(one: Copied) -> Iterator[MigrateOperation]:
    yield one.create
    if one.validated:
        yield ValidateConstraintOp(one.copy, one.table, schema=one.schema)


def swap(work: Work) -> Iterator[MigrateOperation]:
    """From one column to the other: names, constraints, indexes, sequences."""
    yield NoteOp(BEGINS)
    yield from _given_up(work)
    for column in work.columns:
        yield from sequences.handed_over(work.held.sequences, column)
        yield from _renamed(column)
        yield from _as_it_was(work, column)
        yield from sequences.begun_again(work.held.sequences, column)
    yield from _taken_over(work)
    yield from map(CarryOp, work.held.after)


def _given_up(work: Work) -> Iterator[MigrateOperation]:
    """Children first: a key goes after the foreign keys that need it."""
    old = [*constraints(work), *(one for one in indexes(work) if one.kind)]
    for one in sorted(old, key=lambda each: "fcup".index(each.kind)):
        yield DropConstraintOp(conv(one.name), one.table, KINDS[one.kind], schema=one.schema)
    for columns in by_table(work).values():
        first, pairs = columns[0], {column.mirror: column.name for column in columns}
        yield StopMirroringOp(first.table, pairs, schema=first.schema)
    words = {column.place: str(column.new.compile()).lower() for column in work.columns}
    owned = {one.name: words[one.place] for one in work.held.sequences}
    yield from sequences.held(work.held.sequences, owned)


def _renamed(column: Widened) -> Iterator[MigrateOperation]:
    table, schema = column.table, column.schema
    yield AlterColumnOp(table, column.name, schema=schema, modify_name=column.gone)
    yield DropColumnOp(table, column.gone, schema=schema)
    yield AlterColumnOp(
        table, column.mirror, schema=schema, modify_name=column.name, existing_type=column.new
    )


def _as_it_was(work: Work, column: Widened) -> Iterator[MigrateOperation]:
    table, schema = column.table, column.schema
    value = default(work, column)
    if value is not None:
        yield set_default(table, column.name, value, schema)
    if strict(work, column):
        yield AlterColumnOp(table, column.name, schema=schema, modify_nullable=False)


def _taken_over(work: Work) -> Iterator[MigrateOperation]:
    """The copies take the names of what they are copies of."""
    for one in indexes(work):
        yield _index(one)
    for table, schema, name in proved(work):
        yield DropConstraintOp(_proof_name(table, name), table, "check", schema=schema)
    for one in constraints(work):
        yield RenameConstraintOp(one.copy, one.name, one.table, schema=one.schema)


def _index(one: Copied) -> MigrateOperation:
    if not one.kind:
        return RenameIndexOp(one.copy, one.name, schema=one.schema)
    unique, primary = CreateUniqueConstraintUsingIndexOp, CreatePrimaryKeyUsingIndexOp
    made = primary if one.kind == "p" else unique
    return made(conv(one.name), one.table, one.copy, schema=one.schema, **dict(one.options))


def _proof(table: str, schema: str | None, column: str) -> Iterator[MigrateOperation]:
    """A CHECK that spares SET NOT NULL, and a primary key, their reading."""
    name, condition = _proof_name(table, column), f"{quote(column)} IS NOT NULL"
    yield CreateCheckConstraintOp(name, table, condition, schema=schema, postgresql_not_valid=True)
    yield ValidateConstraintOp(name, table, schema=schema)


def _proof_name(table: str, column: str) -> conv:
    return conv(invent(table, column, "is_not_null"))
