"""Alembic's difference as a flat list of single changes, each after what it needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alembic.operations import ops
from sqlalchemy import ForeignKeyConstraint
from sqlalchemy.schema import sort_tables_and_constraints

from phased.hints import CONVERTED_FROM, FILLED_BY, RENAMED_FROM
from phased.indexes import key_columns
from phased.keys import WidenOp
from phased.operations.add_enum_value import AddEnumValueOp
from phased.operations.create_domain import CreateDomainOp, DropDomainOp
from phased.operations.enum import CreateEnumOp, DropEnumOp
from phased.operations.schema import CreateSchemaOp, DropSchemaOp
from phased.operations.sequence import CreateSequenceOp
from phased.recipe import Replace, table_of
from phased.succession import RenameTableOp, RetireOp, SucceedOp, successions

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from alembic.operations import MigrateOperation
    from sqlalchemy import Table

ORDER: tuple[tuple[type[MigrateOperation], int], ...] = (
    (CreateSchemaOp, 0),
    (CreateEnumOp, 1),
    (CreateDomainOp, 1),
    (CreateSequenceOp, 1),
    (AddEnumValueOp, 1),
    (RenameTableOp, 1),
    (ops.CreateTableOp, 2),
    (RetireOp, 13),
    (SucceedOp, 3),
    (WidenOp, 3),
    (ops.AddColumnOp, 3),
    (ops.AlterColumnOp, 4),
    (Replace, 5),
    (ops.CreateIndexOp, 6),
    (ops.CreateForeignKeyOp, 8),
    (ops.AddConstraintOp, 7),
    (ops.DropIndexOp, 12),
    (ops.DropColumnOp, 13),
    (ops.DropTableOp, 14),
    (DropEnumOp, 15),
    (DropDomainOp, 15),
    (DropSchemaOp, 16),
)
OTHERS = 9
DROP_FOREIGN_KEY = 10
DROP_CONSTRAINT = 11
HINTS = {RENAMED_FROM, FILLED_BY, CONVERTED_FROM}
LOCAL = 2  # table.column, without a schema


def flatten(container: ops.OpContainer) -> Iterator[MigrateOperation]:
    """Every operation by itself; an ALTER COLUMN of several changes as several."""
    for op in container.ops:
        if isinstance(op, ops.OpContainer):
            yield from flatten(op)
        elif isinstance(op, ops.AlterColumnOp):
            yield from split(op)
        else:
            yield op


def unqualified(op: MigrateOperation, default: str | None) -> MigrateOperation:
    """The operation with no schema where it names the default one.

    Alembic names it where the models do, and leaves it out where the database is asked.
    """
    if default is not None and getattr(op, "schema", None) == default:
        op.schema = None  # type: ignore[attr-defined] # most operations have one
    options = op.kw if isinstance(op, ops.CreateForeignKeyOp) else {}
    for key in ("source_schema", "referent_schema"):
        if default is not None and options.get(key) == default:
            options[key] = None
    return op


def split(op: ops.AlterColumnOp) -> Iterator[ops.AlterColumnOp]:
    """One operation for each change of a column."""
    changes = {
        "modify_type": op.modify_type is not None,
        "modify_server_default": op.modify_server_default is not False,
        "modify_nullable": op.modify_nullable is not None,
        "modify_comment": op.modify_comment is not False,
        "modify_name": op.modify_name is not None,
    }
    for name, changed in changes.items():
        if changed:
            yield _only(op, name)


def _only(op: ops.AlterColumnOp, change: str) -> ops.AlterColumnOp:
    return ops.AlterColumnOp(
        op.table_name,
        op.column_name,
        schema=op.schema,
        existing_type=op.existing_type,
        existing_server_default=op.existing_server_default,
        existing_nullable=op.existing_nullable,
        existing_comment=op.existing_comment,
        **{change: getattr(op, change)},
    )


def paired(changes: Iterable[MigrateOperation]) -> list[MigrateOperation]:
    """A drop and a creation under one name on one table become one `Replace`."""
    changes = list(changes)
    made = {_name(op): op for op in changes if _creates(op)}
    gone = {_name(op) for op in changes if _drops(op)}
    found = [op for op in changes if not (_creates(op) and _name(op) in gone)]
    return [
        Replace(op, made[_name(op)]) if _drops(op) and _name(op) in made else op for op in found
    ]


def _creates(op: MigrateOperation) -> bool:
    kept = not isinstance(op, ops.CreatePrimaryKeyOp)
    return isinstance(op, ops.AddConstraintOp | ops.CreateIndexOp) and kept


def _drops(op: MigrateOperation) -> bool:
    key = isinstance(op, ops.DropConstraintOp) and op.constraint_type == "primary"
    return isinstance(op, ops.DropConstraintOp | ops.DropIndexOp) and not key


def _name(op: MigrateOperation) -> tuple[str, str]:
    name = getattr(op, "index_name", None) or getattr(op, "constraint_name", None)
    return (table_of(op), str(name))


def ordered(
    changes: Iterable[MigrateOperation], tables: Mapping[str, Table]
) -> list[MigrateOperation]:
    """Types before tables, tables before what refers to them, drops last, foreign keys first."""
    changes = [part for op in changes for part in _apart(op)]
    place, late = _dependencies(changes, tables)
    changes = [part for op in changes for part in _without(op, late)]
    old = {(table_of(op), name) for op in successions(changes) for name in op.old}
    return sorted(changes, key=lambda op: (_rank(op, old), place.get(table_of(op), 0)))


def _rank(op: MigrateOperation, old: Collection[tuple[str, str]]) -> int:
    if isinstance(op, Replace) and _key_of(op.drop) & set(old):
        return DROP_CONSTRAINT  # foreign keys may need it
    if isinstance(op, ops.DropConstraintOp):
        return DROP_FOREIGN_KEY if op.constraint_type == "foreignkey" else DROP_CONSTRAINT
    return next((rank for kind, rank in ORDER if isinstance(op, kind)), OTHERS)


def _key_of(op: MigrateOperation) -> set[tuple[str, str]]:
    """The columns of an index or UNIQUE constraint that is dropped; none of anything else."""
    before = getattr(op, "_reverse", None)
    if isinstance(before, ops.CreateIndexOp):
        return {(table_of(op), name) for name in key_columns(before)}
    if isinstance(before, ops.CreateUniqueConstraintOp):
        return {(table_of(op), str(name)) for name in before.columns}
    return set()


def _apart(op: MigrateOperation) -> Iterator[MigrateOperation]:
    """A table's drop, after the drops of its foreign keys."""
    before = getattr(op, "_reverse", None)
    if isinstance(op, ops.DropTableOp) and before is not None:
        keys = [item for item in before.columns if isinstance(item, ForeignKeyConstraint)]
        before.columns = [i for i in before.columns if not isinstance(i, ForeignKeyConstraint)]
        yield from (_drop(op, key) for key in keys)
    yield op


def _drop(op: ops.DropTableOp, key: ForeignKeyConstraint) -> ops.DropConstraintOp:
    """The drop of a reflected foreign key; the table it refers to need not be reflected too."""
    targets = [element.target_fullname.rsplit(".", 2) for element in key.elements]
    schema, table = targets[0][-3] if len(targets[0]) > LOCAL else None, targets[0][-2]
    named = ("ondelete", "onupdate", "match", "deferrable", "initially")
    options = {name: getattr(key, name) for name in named}
    before = ops.CreateForeignKeyOp(
        key.name,
        op.table_name,
        table,
        [element.parent.name for element in key.elements],
        [target[-1] for target in targets],
        source_schema=op.schema,
        referent_schema=schema,
        **{name: value for name, value in options.items() if value is not None},
    )
    return ops.DropConstraintOp(
        key.name, op.table_name, type_="foreignkey", schema=op.schema, _reverse=before
    )


def _dependencies(
    changes: list[MigrateOperation], tables: Mapping[str, Table]
) -> tuple[dict[str, int], frozenset[tuple[str, str]]]:
    """The place of every new table, and the foreign keys that must wait for all of them."""
    names = [table_of(op) for op in changes if isinstance(op, ops.CreateTableOp)]
    by_table = {tables[name]: name for name in names if name in tables}
    place: dict[str, int] = {}
    late: set[tuple[str, str]] = set()
    for table, keys in sort_tables_and_constraints(by_table):  # type: ignore[no-untyped-call] # untyped in SQLAlchemy
        if table is None:
            late |= {(by_table[key.table], str(key.name)) for key in keys}
        else:
            place[by_table[table]] = len(place)
    return place, frozenset(late)


def _without(op: MigrateOperation, late: frozenset[tuple[str, str]]) -> Iterator[MigrateOperation]:
    """A new table, and apart from it the foreign keys that cannot be created with it."""
    if not isinstance(op, ops.CreateTableOp):
        yield op
        return
    keys = [item for item in op.columns if isinstance(item, ForeignKeyConstraint)]
    waiting = [key for key in keys if key.use_alter or (table_of(op), str(key.name)) in late]
    op.columns = [item for item in op.columns if not any(item is key for key in waiting)]
    op.info = {key: value for key, value in op.info.items() if key not in HINTS}
    yield op
    for key in waiting:
        apart = ops.CreateForeignKeyOp.from_constraint(key)
        apart.kw["source_schema"] = op.schema
        yield apart
