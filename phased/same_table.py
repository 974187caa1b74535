"""A table of the database and one of the models that are the same under two names, compared."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from alembic.autogenerate.api import AutogenContext
from alembic.operations.ops import AddColumnOp, AlterColumnOp, DropColumnOp, ModifyTableOps
from sqlalchemy import ForeignKeyConstraint, PrimaryKeyConstraint

from phased import comparators, discovery
from phased.comparator import everything_of, remember
from phased.compiled import checks_of, exists, name_of
from phased.inventory import paired
from phased.table_state import TableState

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Mapping
    from typing import TypeAlias

    from alembic.operations import MigrateOperation
    from alembic.runtime.migration import MigrationContext
    from sqlalchemy import Table

    from phased.comparator import Everything
    from phased.table_state import ConstraintState, Reference

    Definitions: TypeAlias = Mapping[str, Hashable]
    Pairs: TypeAlias = tuple[tuple[str, str], ...]
    Tables: TypeAlias = Mapping[tuple[str | None, str], str]


def same_names(models: Definitions, database: Definitions, old: str, new: str) -> Pairs:
    """What is the same under two names: pairs of the database's name and the models'.

    Args:
        models: Definitions by name.
        database: The same.
        old: The table's name in the database: where several fit, its place in their names decides.
        new: The table's name in the models.
    """
    free = [name for name in database if name not in models]
    found: list[tuple[str, str]] = []
    for name in sorted(models.keys() - database.keys()):
        fitting = [one for one in free if database[one] == models[name] is not None]
        fitting.sort(key=lambda one: (one != name.replace(new, old), one))
        if fitting:
            free.remove(fitting[0])
            found.append((fitting[0], name))
    return tuple(found)


def compare(
    migration: MigrationContext, model: Table, reflected: Table, tables: Tables
) -> tuple[Pairs, Pairs, list[MigrateOperation]]:
    """What the two differ in beside the name.

    Args:
        migration: Alembic's, with a connection.
        model: The models' table.
        reflected: The database's, as SQLAlchemy reads it.
        tables: The new name of every table that has one, by schema (None for the default one) and
            name: foreign keys follow.

    Returns:
        Constraints and indexes that only have another name, and all other changes.
    """
    context = AutogenContext(migration, model.metadata)
    place = {model: (reflected.schema, str(reflected.name))}
    run = everything_of(discovery.modules(comparators), context, place)
    state = run.tables[model]
    old, new = reflected.name, model.name
    held = {name: _said(one, tables) for name, one in state.constraints.items()}
    constraints = same_names(_constraints(run, model), held, old, new)
    indexes = same_names(_indexes(run, model), _standing(state), old, new)
    renamed = _renamed(state, {**dict(constraints), **dict(indexes)}, tables)
    remember(context, replace(run, tables={model: renamed}))
    return constraints, indexes, list(_changes(context, model, reflected))


def _constraints(run: Everything, model: Table) -> dict[str, Hashable]:
    every = [*checks_of(model, run.to), *(c for c in model.constraints if exists(c, run.to))]
    named = {name_of(one, run.to): _definition(run, one) for one in every}
    return {name: definition for name, definition in named.items() if name is not None}


def _definition(run: Everything, one: Any) -> Hashable:
    if isinstance(one, PrimaryKeyConstraint):
        return ("p", tuple(column.name for column in one.columns))
    if isinstance(one, ForeignKeyConstraint):
        targets = [element.column for element in one.elements]
        columns = paired((e.parent.name for e in one.elements), (c.name for c in targets))
        return ("f", targets[0].table.name, *columns)
    return run.definition(one)


def _said(one: ConstraintState, tables: Tables) -> Hashable:
    if one.kind == "p":
        return ("p", one.columns)
    if one.reference is not None:
        target = _follow(one.reference, tables).target[1]
        return ("f", target, one.reference.columns, one.reference.target_columns)
    return one.definition


def _follow(reference: Reference, tables: Tables) -> Reference:
    """A foreign key refers to a table under the name it is going to have."""
    schema, table = reference.target
    return replace(reference, target=(schema, tables.get((schema, table), table)))


def _indexes(run: Everything, model: Table) -> dict[str, Hashable]:
    built = {name_of(one, run.to): run.built.get(one) for one in model.indexes}
    return {
        name: (index.unique, index.definition)
        for name, index in built.items()
        if name is not None and index is not None
    }


def _standing(state: TableState) -> dict[str, Hashable]:
    indexes = state.indexes.items()
    return {n: (i.unique, i.definition) for n, i in indexes if i.valid and not i.constraint}


def _renamed(state: TableState, names: Mapping[str, str], tables: Tables) -> TableState:
    """The table as it will be once everything has its new name."""
    constraints = {
        names.get(name, name): one
        if one.reference is None
        else replace(one, reference=_follow(one.reference, tables))
        for name, one in state.constraints.items()
    }
    indexes = {names.get(name, name): one for name, one in state.indexes.items()}
    return TableState(state.columns, constraints, indexes)


def _changes(context: AutogenContext, model: Table, reflected: Table) -> Iterator[MigrateOperation]:
    """As Alembic finds them for a table that has one name."""
    schema, name = reflected.schema, model.name
    there = {column.name: column for column in reflected.columns}
    wanted = {column.name: column for column in model.columns if not column.system}
    for column in (wanted[one] for one in wanted if one not in there):
        yield AddColumnOp.from_column_and_tablename(schema, name, column)
    for one in (one for one in wanted if one in there):
        change = AlterColumnOp(name, one, schema=schema)
        _dispatch(context, "column")(context, change, schema, name, one, there[one], wanted[one])
        if change.has_changes():
            yield change
    found = ModifyTableOps(name, [], schema=schema)
    _dispatch(context, "table")(context, found, schema, name, reflected, model)
    yield from found.ops
    for column in (there[one] for one in there if one not in wanted):
        yield DropColumnOp.from_column_and_tablename(schema, name, column)


def _dispatch(context: AutogenContext, target: str) -> Any:
    return context.comparators.dispatch(target, qualifier=context.dialect.name)
