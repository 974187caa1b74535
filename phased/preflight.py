"""What a sync would do to the rows that are there, asked before anything changes.

The trigger makes old code's writes fail where `up` fails, so `up` and `down` are tried on every row
first, in a transaction that is rolled back. It reads the table once and makes nobody wait.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from psycopg import Error, sql
from psycopg.errors import InsufficientPrivilege
from psycopg.rows import tuple_row

from phased import conversion, obstacles
from phased.conversion import Trial
from phased.dual_write import COUNTER, triggers_of, values
from phased.errors.dual_write import (
    ConversionCollides,
    ConversionFails,
    ConversionLeavesNull,
    ExpressionUnreadable,
    ExpressionVaries,
    MayNotTry,
)
from phased.errors.revisions import SqlSyntax
from phased.model import Event, Phase
from phased.naming import relation
from phased.operations.sync_columns import SyncColumnsOp
from phased.phases import is_legacy, phase_functions
from phased.record import record
from phased.statements import evolve
from phased.syntax import tree
from phased.syntax.volatility import varying

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from alembic.script import Script
    from psycopg import Connection

    from phased.dual_write import Sync
    from phased.fact import Facts
    from phased.model import Plan, Statement

MAKES = {"CREATE TYPE", "CREATE DOMAIN", "CREATE FUNCTION", "CREATE SCHEMA", "ALTER TYPE"}
LOSSY = (
    "{table}: {count} of {rows} rows come back from {new} as something else; the old column keeps "
    "what it has until new code writes the row:\n{examples}"
)
STARTED = "SELECT FROM pg_trigger WHERE tgrelid = to_regclass(%s) AND quote_ident(tgname) = %s"
MAY_READ = "SELECT FROM {} LIMIT 0"


def check(
    connection: Connection[Any],
    scripts: Sequence[Script],
    plans: Sequence[Plan],
    facts: Facts,
    tell: Callable[[Event], None],
) -> None:
    """Try every sync that is about to begin on the rows of its table.

    Args:
        connection: One that nothing else uses meanwhile.
        scripts: The revisions about to run, oldest first.
        plans: Their plans.
        facts: The database before the first of them.
        tell: Takes what is worth knowing and no reason to stop.

    Raises:
        ExpressionUnreadable: PostgreSQL does not take an expression.
        ExpressionVaries: It gives another value each time.
        MayNotTry: The rows may not be read.
        ConversionFails: It raises an error on some rows.
        ConversionLeavesNull: It makes NULL of some rows, and the new column is to be NOT NULL.
        ConversionCollides: It makes the same of several rows, and that has to be unique.
        RunError: Something about the table would make one side miss a write.
    """
    if not any(_begins(plan) for plan in plans):
        return
    ahead = facts
    for script, plan in zip(scripts, plans, strict=True):
        ahead, after = _after(plan, ahead)
        for sync in _syncs(script) if _begins(plan) else ():
            _refuse_varying(sync, plan.revision, facts)
            trial = _trial(sync, facts, after)
            if trial is not None and not _started(connection, trial):
                _try(connection, plan, trial, after, tell)


def _begins(plan: Plan) -> bool:
    return any(COUNTER in statement.sql for statement in _statements(plan, Phase.EXPAND))


def _after(plan: Plan, facts: Facts) -> tuple[Facts, list[Facts]]:
    """The facts after a plan, and those after each of its phases."""
    found = []
    for phase in Phase:
        for statement in _statements(plan, phase):
            facts = evolve(facts, statement)
        found.append(facts)
    return facts, found


def _statements(plan: Plan, phase: Phase) -> Iterator[Statement]:
    return (statement for step in plan.phase(phase) for statement in step.statements)


def _syncs(script: Script) -> list[Sync]:
    if is_legacy(script.module):
        return []
    functions_of = dict(phase_functions(script))
    calls = record(functions_of[Phase.EXPAND], script.path) if Phase.EXPAND in functions_of else []
    return [c.operation.sync for c in calls if isinstance(c.operation, SyncColumnsOp)]


def _refuse_varying(sync: Sync, revision: str, facts: Facts) -> None:
    for direction, given in (("up", sync.up or ()), ("down", sync.down or ())):
        for expression in given:
            found = next(_varying(sync, expression, revision, facts), None)
            if found is not None:
                raise ExpressionVaries(
                    revision=revision,
                    direction=direction,
                    function=found,
                    expression=expression,
                    **_names(sync),
                )


def _varying(sync: Sync, expression: str, revision: str, facts: Facts) -> Iterator[str]:
    try:
        _, node = tree.one(f"SELECT ({expression}\n)")
    except SqlSyntax as error:
        raise ExpressionUnreadable(
            revision=revision, expression=expression, reason=vars(error)["detail"], **_names(sync)
        ) from error
    yield from varying(node, facts)


def _trial(sync: Sync, facts: Facts, after: Sequence[Facts]) -> Trial | None:
    """What to try; None where the table or its columns are not there yet."""
    name = _name(sync, facts)
    now, later = facts.relations.get(name), after[Phase.BACKFILL].relations.get(name)
    if now is None or later is None or not set(sync.old) <= set(now.columns):
        return None
    types = {c: f.type for c, f in later.columns.items() if c in {*sync.old, *sync.new}}
    if set(types) != {*sync.old, *sync.new}:
        return None
    columns = [c for c, held in now.columns.items() if c not in sync.new and not held.generated]
    keys = (held.columns for held in now.constraints.values() if held.kind == "p")
    return Trial(sync, tuple(columns), types, next(keys, ()))


def _name(sync: Sync, facts: Facts) -> str:
    return relation(sync.table, None if sync.schema == facts.schema else sync.schema)


def _unique(trial: Trial, after: Sequence[Facts]) -> list[tuple[str, ...]]:
    """The columns, new ones among them, of unique indexes that the revision will have made."""
    new, known = set(trial.sync.new), {*trial.sync.new, *trial.columns}
    found = {}
    for facts in after:
        held = facts.relations.get(_name(trial.sync, facts))
        for index in held.indexes.values() if held else ():
            plain = set(index.columns) <= known and " WHERE " not in index.definition.upper()
            if index.unique and plain and new & set(index.columns):
                found[index.columns] = True
    return list(found)


def _never_null(trial: Trial, after: Sequence[Facts]) -> list[str]:
    """The new columns that are NOT NULL in the end."""
    held = after[Phase.CONTRACT].relations[_name(trial.sync, after[Phase.CONTRACT])].columns
    return [column for column in trial.sync.new if column in held and held[column].not_null]


def _started(connection: Connection[Any], trial: Trial) -> bool:
    names = (trial.table, triggers_of(trial.sync)[0])
    return connection.execute(STARTED, names).fetchone() is not None


def _try(
    connection: Connection[Any],
    plan: Plan,
    trial: Trial,
    after: Sequence[Facts],
    tell: Callable[[Event], None],
) -> None:
    with connection.transaction(force_rollback=True):
        _may_read(connection, plan, trial)
        obstacles.refuse(connection, trial, plan.revision)
        _prepare(connection, plan, trial)
        _refuse_failing(connection, plan, trial, tell)
        for column in _never_null(trial, after):
            _refuse_null(connection, plan, trial, column)
        for columns in _unique(trial, after):
            _refuse_colliding(connection, plan, trial, columns)


def _may_read(connection: Connection[Any], plan: Plan, trial: Trial) -> None:
    query = sql.SQL(MAY_READ).format(sql.SQL(trial.table))
    try:
        connection.execute(query)
    except InsufficientPrivilege as error:
        reason = str(error.diag.message_primary)
        role = sql.Identifier(connection.info.user).as_string()
        on = f"USAGE ON SCHEMA {relation(str(trial.sync.schema))}"
        what = on if "schema" in reason else f"SELECT ON {trial.table}"
        grant = f"GRANT {what} TO {role};"
        names = _names(trial.sync)
        raise MayNotTry(
            revision=plan.revision, role=role, reason=reason, grant=grant, **names
        ) from error


def _prepare(connection: Connection[Any], plan: Plan, trial: Trial) -> None:
    """The function that tries a row, and the types and functions that the revision makes."""
    for statement in _statements(plan, Phase.EXPAND):
        if statement.kind in MAKES and not statement.locks and statement.transactional:
            connection.execute(statement.sql.encode())
    try:
        connection.execute(conversion.readable(trial).encode())
        connection.execute(conversion.attempt(trial).encode())
    except Error as error:
        given = [*values(trial.sync.up, trial.sync.old), *values(trial.sync.down, trial.sync.new)]
        raise ExpressionUnreadable(
            revision=plan.revision,
            reason=error.diag.message_primary or error,
            expression="\n    ".join(given),
            **_names(trial.sync),
        ) from error


def _refuse_failing(
    connection: Connection[Any], plan: Plan, trial: Trial, tell: Callable[[Event], None]
) -> None:
    ((rows, failing, lossy),) = _ask(connection, conversion.counts(trial))
    names = _names(trial.sync)
    if failing:
        raise ConversionFails(
            revision=plan.revision,
            rows=rows,
            failing=failing,
            examples=_listed(connection, conversion.failing(trial)),
            up=", ".join(values(trial.sync.up, trial.sync.old)),
            down=", ".join(values(trial.sync.down, trial.sync.new)),
            **names,
        )
    if lossy:
        examples = _listed(connection, conversion.lossy(trial))
        text = LOSSY.format(count=lossy, rows=rows, examples=examples, **names)
        tell(Event("notice", text, plan.revision))


def _refuse_null(connection: Connection[Any], plan: Plan, trial: Trial, column: str) -> None:
    ((rows, empty),) = _ask(connection, conversion.empty(trial, column))
    if empty:
        raise ConversionLeavesNull(
            revision=plan.revision,
            column=column,
            rows=rows,
            empty=empty,
            examples=_listed(connection, conversion.emptied(trial, column)),
            up=", ".join(values(trial.sync.up, trial.sync.old)),
            **_names(trial.sync),
        )


def _refuse_colliding(
    connection: Connection[Any], plan: Plan, trial: Trial, unique: tuple[str, ...]
) -> None:
    examples = _listed(connection, conversion.colliding(trial, unique))
    if examples:
        raise ConversionCollides(
            revision=plan.revision,
            unique=", ".join(unique),
            examples=examples,
            up=", ".join(values(trial.sync.up, trial.sync.old)),
            **_names(trial.sync),
        )


def _listed(connection: Connection[Any], query: str) -> str:
    return "\n".join(f"    {text}" for (text,) in _ask(connection, query))


def _ask(connection: Connection[Any], query: str) -> list[tuple[Any, ...]]:
    with connection.cursor(row_factory=tuple_row) as cursor:
        return cursor.execute(query.encode()).fetchall()


def _names(sync: Sync) -> dict[str, str]:
    return {
        "table": relation(sync.table, sync.schema),
        "old": ", ".join(sync.old),
        "new": ", ".join(sync.new),
    }
