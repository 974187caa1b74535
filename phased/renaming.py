"""A table's other name: what stands in its way, and what takes another name with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alembic.operations import ops
from sqlalchemy import text

from phased import same_table
from phased.errors.renames import (
    TableRenameAndMore,
    TableRenameCycle,
    TableRenameMoves,
    TableRenameOpen,
    TableRenameTaken,
    TableRenameUnknown,
    TableRenameWaits,
)
from phased.facts.questions import split
from phased.hints import RENAMED_FROM
from phased.naming import LONGEST, relation
from phased.operations.drop_view import DropViewOp
from phased.recipe import table_of
from phased.succession import Names, RenameTableOp

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from alembic.operations import MigrateOperation
    from alembic.runtime.migration import MigrationContext
    from sqlalchemy import Table

    from phased.fact import Facts
    from phased.recipe import Context

INVOKER_SINCE = 15
WORDS = {"v": "view", "m": "materialized view", "S": "sequence", "r": "table", "p": "table"}
TAKEN = text("""
    SELECT CASE WHEN c.oid IS NULL THEN 'type' WHEN c.relkind = 'i' THEN 'index'
                WHEN c.relkind = 'S' THEN 'sequence' WHEN c.relkind IN ('v', 'm') THEN 'view'
                ELSE 'table' END
    FROM pg_catalog.pg_namespace n
    LEFT JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = :name
    LEFT JOIN pg_catalog.pg_type t ON t.typnamespace = n.oid AND t.typname = :name
        AND t.typelem = 0
    WHERE n.nspname = coalesce(:schema, current_schema())
      AND (c.oid IS NOT NULL OR t.oid IS NOT NULL)
""")
SECURED = text("""
    SELECT c.relrowsecurity FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = coalesce(:schema, current_schema()) AND c.relname = :name
""")
KINDS = {
    ops.AddColumnOp: "column {0.column.name} is new",
    ops.DropColumnOp: "column {0.column_name} leaves",
    ops.AlterColumnOp: "column {0.column_name} is another",
    ops.CreateIndexOp: "index {0.index_name} is new",
    ops.DropIndexOp: "index {0.index_name} leaves",
    ops.DropConstraintOp: "constraint {0.constraint_name} leaves",
    ops.CreateTableCommentOp: "its comment is another",
    ops.DropTableCommentOp: "its comment leaves",
}


def check_table_hints(
    changes: Iterable[MigrateOperation], context: Context, answers: Mapping[str, str]
) -> None:
    """What says that a table had another name fits the models and the database.

    Args:
        changes: The flat difference.
        context: The database and the models.
        answers: From ``phased.rename.parse_answers``.

    Raises:
        TableRenameCycle: Tables exchange their names.
        TableRenameTaken: The database has the new name as well as the old one.
        TableRenameUnknown: The old name is in the models, or nowhere.
    """
    changes = list(changes)
    was = {name: _was(table) for name, table in context.tables.items()}
    said = {relation(new): old for old, new in answers.items() if new and old in context.tables}
    hints = {name: old for name, old in was.items() if old is not None}
    _refuse_cycle({**said, **hints})
    gone = {table_of(op) for op in changes if isinstance(op, ops.DropTableOp)}
    made = {table_of(op) for op in changes if isinstance(op, ops.CreateTableOp)}
    for new, old in hints.items():
        if new in made and old not in gone:
            _refuse_unknown(new, old, context, certain=bool(gone) or old in context.tables)
        elif new not in made and old in gone:
            kind = context.facts.relations[new].kind if new in context.facts.relations else "r"
            given = {"old": old, "new": new, "table": split(old)[1]}
            raise TableRenameTaken(**given, kind=WORDS.get(kind, "relation"))


def _was(table: Table) -> str | None:
    """The relation that a model says its table was."""
    hint = table.info.get(RENAMED_FROM)
    return None if hint is None else relation(str(hint), table.schema)


def _refuse_cycle(said: Mapping[str, str]) -> None:
    for first in said:
        found, name = [first], said[first]
        while name in said and name not in found:
            found, name = [*found, name], said[name]
        if name == first:
            raise TableRenameCycle(
                names=" and ".join(sorted(found)),
                hints=", ".join(f"{said[one]} becomes {one}" for one in found),
                table=split(first)[1],
            )


def _refuse_unknown(new: str, old: str, context: Context, *, certain: bool) -> None:
    """On a database that has neither, a hint of long ago is harmless."""
    if certain:
        there = old in context.tables
        problem = f"the models have {old} as well" if there else f"the database has no table {old}"
        name = split(new)[1]
        raise TableRenameUnknown(named=split(old)[1], new=new, problem=problem, table=name)


def renamed(
    changes: Iterable[MigrateOperation],
    migration: MigrationContext,
    context: Context,
    pending: Sequence[MigrateOperation],
) -> list[MigrateOperation]:
    """The changes, where each renamed table knows what is called otherwise with it.

    Args:
        changes: A drop and a creation that are a rename are a `RenameTableOp`.
        migration: Alembic's, with a connection.
        context: The database and the models.
        pending: The recorded operations of every contract that has not run.

    Raises:
        TableRenameAndMore: The table changes besides.
        TableRenameMoves: It goes into another schema.
        TableRenameOpen: A view cannot keep its row level security.
        TableRenameTaken: The new name means something else.
        TableRenameWaits: A pending contract is about the table.
    """
    changes = list(changes)
    renames = [op for op in changes if isinstance(op, RenameTableOp)]
    for op in renames:
        _refuse(op, migration, context.facts, pending)
        changes = _followed(op, changes)
    for op in renames:
        _compare(op, renames, migration, context)
    return changes


def _refuse(
    op: RenameTableOp,
    migration: MigrationContext,
    facts: Facts,
    pending: Sequence[MigrateOperation],
) -> None:
    given = {"old": table_of(op), "new": table_of(op.create), "table": op.table_name}
    if op.schema != op.create.schema:
        raise TableRenameMoves(**given, schema=op.schema or facts.schema)
    if any(_is_about(one, table_of(op), facts) for one in pending):
        raise TableRenameWaits(**given)
    kind = _ask(migration, TAKEN, op.new_name, op.schema)
    if kind:
        raise TableRenameTaken(**given, kind=kind)
    if facts.server < INVOKER_SINCE and _ask(migration, SECURED, op.table_name, op.schema):
        raise TableRenameOpen(**given, server=facts.server)


def _is_about(pending: MigrateOperation, table: str, facts: Facts) -> bool:
    """Whether a waiting operation is for the table, or for the view of a name it had before."""
    view = facts.relations.get(table_of(pending)) if isinstance(pending, DropViewOp) else None
    return table_of(pending) == table or (view is not None and table in view.reads)


def _ask(migration: MigrationContext, query: Any, name: str, schema: str | None) -> Any:
    if migration.connection is None:
        return None
    return migration.connection.execute(query, {"name": name, "schema": schema}).scalar()


def _followed(op: RenameTableOp, changes: list[MigrateOperation]) -> list[MigrateOperation]:
    """Without what is about the table, and without foreign keys that only follow it."""
    both = {table_of(op), table_of(op.create)}
    others = [one for one in changes if one is op or table_of(one) not in both]
    keys = list(_foreign_keys(op, others))
    followers = (_follower(drop, create) for drop, create in keys)
    op.names = Names(foreign_keys=tuple(one for one in followers if one[2] != one[3]))
    gone = {id(one) for pair in keys for one in pair}
    return [one for one in others if id(one) not in gone]


def _compare(
    op: RenameTableOp,
    renames: Iterable[RenameTableOp],
    migration: MigrationContext,
    context: Context,
) -> None:
    model, before = context.tables[table_of(op.create)], op.drop.to_table(migration)
    tables = {(one.schema, one.table_name): one.new_name for one in renames}
    constraints, indexes, more = same_table.compare(migration, model, before, tables)
    if more:
        raise TableRenameAndMore(
            old=table_of(op),
            new=table_of(op.create),
            name=op.new_name,
            changes=", ".join(map(_described, more)),
        )
    sequences = tuple(_sequences(op, context.facts))
    op.names = Names(constraints, indexes, sequences, op.names.foreign_keys)


def _described(op: MigrateOperation) -> str:
    for kind, words in KINDS.items():
        if isinstance(op, kind):
            return words.format(op)
    if isinstance(op, ops.AddConstraintOp):
        return f"constraint {getattr(op, 'constraint_name', '')} is new"
    return str(op.to_diff_tuple()[0])


def _foreign_keys(
    op: RenameTableOp, changes: Sequence[MigrateOperation]
) -> Iterator[tuple[ops.DropConstraintOp, ops.CreateForeignKeyOp]]:
    """The foreign keys of other tables that only refer to the table by another name."""
    made = [one for one in changes if isinstance(one, ops.CreateForeignKeyOp)]
    for drop in changes:
        before = getattr(drop, "_reverse", None)
        if not isinstance(drop, ops.DropConstraintOp) or not isinstance(
            before, ops.CreateForeignKeyOp
        ):
            continue
        same = [one for one in made if _means(before, op.table_name, op) == _means(one, None, op)]
        if same:
            made.remove(same[0])
            yield drop, same[0]


def _means(key: ops.CreateForeignKeyOp, was: str | None, op: RenameTableOp) -> tuple[Any, ...]:
    """What a foreign key says; the table by the name it is going to have."""
    table = op.new_name if was is not None and key.referent_table == was else key.referent_table
    mine = (table, key.kw.get("referent_schema")) == (op.new_name, op.schema)
    columns = frozenset(zip(key.local_cols, key.remote_cols, strict=True))
    options = {name: str(held).upper() for name, held in key.kw.items() if _counts(name, held)}
    return (mine or id(key), table_of(key), columns, tuple(sorted(options.items())))


def _counts(name: str, held: object) -> bool:
    if name in {"source_schema", "referent_schema", "use_alter"} or held in {None, False}:
        return False
    return (name, str(held).upper()) not in {
        ("ondelete", "NO ACTION"),
        ("onupdate", "NO ACTION"),
        ("match", "SIMPLE"),
        ("initially", "IMMEDIATE"),
    }


def _follower(
    drop: ops.DropConstraintOp, create: ops.CreateForeignKeyOp
) -> tuple[str, str | None, str, str]:
    return (drop.table_name, drop.schema, str(drop.constraint_name), str(create.constraint_name))


def _sequences(op: RenameTableOp, facts: Facts) -> Iterator[tuple[str, str]]:
    """Sequences that PostgreSQL named for the table, and would name otherwise now."""
    held = facts.relations.get(table_of(op))
    for sequence, column in (held.sequences if held else {}).items():
        schema, name = split(sequence)
        new = invented(op.new_name, column)
        known = relation(new, schema) in facts.relations
        if name == invented(op.table_name, column) and schema == op.schema and not known:
            yield name, new


def invented(table: str, column: str) -> str:
    """The name that PostgreSQL gives the sequence of a column; the longer part is cut."""
    parts = [table.encode(), column.encode()]
    while len(parts[0]) + len(parts[1]) > LONGEST - len("__seq"):
        longer = 0 if len(parts[0]) > len(parts[1]) else 1
        parts[longer] = parts[longer][:-1]
    return "_".join(part.decode(errors="ignore") for part in parts) + "_seq"
