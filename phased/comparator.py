"""What a comparator is: one kind of object, as the models and as the database have it.

A comparator is a module in ``phased/comparators``, found by its file name::

    COMPARES = ("table", "indexes")      # Alembic's target and element; ours replaces its own

    def wanted(side) -> Iterable[Wanted]: ...         # optional: to build on the table's twin
    def scalars(side) -> Iterable[Wanted]: ...        # optional: to build, no table needed
    def compare(pair) -> Iterable[MigrateOperation]: ...

``side`` is a `TableSide`. ``pair`` is a `TablePair` for "table" and an `Everything` for "schema".
For "column" it is a `ColumnPair`; there ``compare`` sets what changes on ``pair.operation``, and
returns CONTINUE where Alembic is to decide.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary, proxy

from alembic.operations.ops import DropConstraintOp, DropIndexOp
from alembic.util import PriorityDispatchResult
from sqlalchemy.exc import SAWarning

from phased.compiled import compiler, type_of
from phased.hidden import Hidden, IncludeName, IncludeObject, look, schemas_of
from phased.inventory import take
from phased.twin import Twin, build

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
    from types import ModuleType

    from alembic.autogenerate.api import AutogenContext
    from alembic.operations.ops import AlterColumnOp, MigrateOperation, ModifyTableOps
    from sqlalchemy import Column, Connection, Constraint, MetaData, Table

    from phased.compiled import Compiler
    from phased.hidden import NameFilter, ObjectFilter
    from phased.table_state import ColumnState, TableState
    from phased.twin import Wanted

PLUGINS = ("alembic.autogenerate.*", "phased.comparators")
Result = PriorityDispatchResult
DROPS = (DropConstraintOp, DropIndexOp)
STOP, CONTINUE = PriorityDispatchResult.STOP, PriorityDispatchResult.CONTINUE


@dataclass(frozen=True, slots=True)
class TableSide:
    """One table that is on both sides, before anything is compared.

    Attributes:
        model: The models' table.
        state: The database's.
        to: For the SQL of the models' objects.
    """

    model: Table
    state: TableState
    to: Compiler


@dataclass(frozen=True, slots=True)
class Everything:
    """Models and database as one run of autogenerate sees them.

    Attributes:
        context: Alembic's, which this lives no longer than.
        to: For the SQL of the models' objects.
        tables: What the database says of the models' tables that it has.
        built: The models' objects as PostgreSQL spells them; what it refused is missing.
    """

    context: AutogenContext
    to: Compiler
    tables: Mapping[Table, TableState] = field(default_factory=dict)
    built: Mapping[Hashable, Any] = field(default_factory=dict)

    def definition(self, constraint: Constraint) -> str | None:
        """A model's constraint as PostgreSQL prints it; None where it refuses it."""
        found = self.built.get(constraint)
        return None if found is None else str(found.definition)


@dataclass(frozen=True, slots=True)
class TablePair:
    """One table that is on both sides, as Alembic compares it.

    Attributes:
        everything: The run.
        schema: As Alembic names it: None for the default one.
        name: Unquoted.
        model: The models' table.
        reflected: The database's, as SQLAlchemy reads it.
        state: The database's, as PostgreSQL prints it.
    """

    everything: Everything
    schema: str | None
    name: str
    model: Table
    reflected: Table
    state: TableState


@dataclass(frozen=True, slots=True)
class ColumnPair:
    """One column that is on both sides.

    Attributes:
        everything: The run.
        operation: What becomes of it; the comparator sets what changes.
        model: The models' column.
        reflected: The database's, as SQLAlchemy reads it.
        state: The database's, as PostgreSQL prints it.
    """

    everything: Everything
    operation: AlterColumnOp
    model: Column[Any]
    reflected: Column[Any]
    state: ColumnState


_runs: WeakKeyDictionary[AutogenContext, Everything] = WeakKeyDictionary()


def options(
    target_metadata: MetaData | Iterable[MetaData],
    *,
    include_name: NameFilter | None = None,
    include_object: ObjectFilter | None = None,
    **given: object,
) -> dict[str, Any]:
    """The keywords for ``context.configure()`` that switch our comparison on.

    Args:
        target_metadata: The models' metadata, or several.
        include_name: The user's own filter; asked after ours.
        include_object: The user's own filter; asked after ours.
        given: The user's other keywords; they win.
    """
    hidden = Hidden()
    schemas = schemas_of(target_metadata)
    every = bool(given.get("include_schemas"))
    return {
        "target_metadata": target_metadata,
        "autogenerate_plugins": list(PLUGINS),
        "compare_type": True,
        "compare_server_default": True,
        "include_schemas": len(schemas) > 1,
        "include_name": IncludeName(hidden, None if every else schemas, include_name),
        "include_object": IncludeObject(hidden, include_object),
        **given,
    }


def compare(
    comparators: Sequence[ModuleType], target: str, element: str, *arguments: Any
) -> PriorityDispatchResult:
    """Run the comparators for one of Alembic's targets and elements.

    Raises:
        NoTemporaryTables: The role cannot create the tables that the comparison needs.
    """
    if target == "autogenerate":
        _begin(comparators, arguments[0])
        return CONTINUE
    chosen = [one for one in comparators if (target, element) == one.COMPARES]
    run = _runs.get(arguments[0])
    return CONTINUE if run is None else DISPATCH[target](chosen, run, *arguments[1:])


def _begin(comparators: Sequence[ModuleType], context: AutogenContext) -> None:
    if context.connection is None:
        return
    # A NOT VALID or NOT ENFORCED check is ordinary here, and we read its definition ourselves.
    warnings.filterwarnings("ignore", "Could not parse CHECK constraint text", SAWarning)
    warnings.filterwarnings("ignore", "Can't validate argument 'dialect_options'", SAWarning)
    # Tables that refer to each other are created first and get their foreign keys afterwards.
    warnings.filterwarnings("ignore", "Cannot correctly sort tables", SAWarning)
    include_name = context.opts.get("include_name")
    if isinstance(include_name, IncludeName):
        look(include_name.hidden, context.connection, context.sorted_tables)
    _runs[context] = _everything(comparators, context, context.connection)


def _everything(
    comparators: Sequence[ModuleType],
    context: AutogenContext,
    connection: Connection,
    places: Mapping[Table, tuple[str | None, str]] | None = None,
) -> Everything:
    to = compiler(context.dialect)
    tables = take(connection, places or {t: (t.schema, t.name) for t in context.sorted_tables})
    sides = [TableSide(table, state, to) for table, state in tables.items()]
    twins = [_twin(comparators, side) for side in sides]
    scalars = [s for side in sides for one in comparators for s in _ask(one, "scalars", side)]
    return Everything(proxy(context), to, tables, build(connection, twins, scalars))


def everything_of(
    comparators: Sequence[ModuleType],
    context: AutogenContext,
    places: Mapping[Table, tuple[str | None, str]],
) -> Everything:
    """A few tables of the models as the database has them under other names.

    Args:
        comparators: All of them.
        context: Alembic's, with a connection.
        places: Where each is in the database: its schema, None for the default one, and its name.
    """
    if context.connection is None:
        raise TypeError("tables are compared in a database")
    return _everything(comparators, context, context.connection, places)


def remember(context: AutogenContext, run: Everything) -> None:
    """Let the comparators see this while they are asked with this context."""
    _runs[context] = run


def _twin(comparators: Sequence[ModuleType], side: TableSide) -> Twin:
    missing = {c.name: type_of(c, side.to) for c in side.model.columns}
    return Twin(
        side.model.name,
        {name: column.type for name, column in side.state.columns.items()},
        {n: t for n, t in missing.items() if t and n not in side.state.columns},
        tuple(item for one in comparators for item in _ask(one, "wanted", side)),
    )


def _ask(comparator: ModuleType, question: str, side: TableSide) -> Iterable[Wanted]:
    answer: Callable[[TableSide], Iterable[Wanted]] | None = getattr(comparator, question, None)
    return () if answer is None else answer(side)


def _schema(chosen: Sequence[ModuleType], run: Everything, ops: Any, _schemas: Any) -> Result:
    for one in chosen:
        ops.ops.extend(one.compare(run))
    return CONTINUE


def _table(  # noqa: PLR0913, PLR0917 # Alembic's signature
    chosen: Sequence[ModuleType],
    run: Everything,
    operations: ModifyTableOps,
    schema: str | None,
    name: str,
    reflected: Table | None,
    model: Table | None,
) -> Result:
    state = None if model is None else run.tables.get(model)
    if model is None or reflected is None or state is None or not chosen:
        return CONTINUE
    pair = TablePair(run, schema, name, model, reflected, state)
    operations.ops.extend(_drops_first([found for one in chosen for found in one.compare(pair)]))
    return STOP


def _drops_first(found: list[MigrateOperation]) -> list[MigrateOperation]:
    """A name is free before another kind of object takes it; a change stays a pair."""
    following = [*found[1:], None]
    alone = [
        isinstance(one, DROPS) and (then is None or _name(one) != _name(then))
        for one, then in zip(found, following, strict=False)
    ]
    order = sorted(range(len(found)), key=lambda place: not alone[place])
    return [found[place] for place in order]


def _name(operation: MigrateOperation) -> str | None:
    name = getattr(operation, "constraint_name", None) or getattr(operation, "index_name", None)
    return None if name is None else str(name)


def _column(  # noqa: PLR0913, PLR0917 # Alembic's signature
    chosen: Sequence[ModuleType],
    run: Everything,
    operation: AlterColumnOp,
    _schema: str | None,
    _table: str,
    name: str,
    reflected: Column[Any],
    model: Column[Any],
) -> Result:
    table = run.tables.get(model.table)
    state = None if table is None else table.columns.get(name)
    if state is None:
        return CONTINUE
    pair = ColumnPair(run, operation, model, reflected, state)
    results = [one.compare(pair) for one in chosen]
    return CONTINUE if CONTINUE in results else STOP


DISPATCH: dict[str, Callable[..., Result]] = {"schema": _schema, "table": _table, "column": _column}
