"""Alembic's hook: the difference between models and database -> a revision in three phases."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

from alembic.operations import ops

from phased import alter_type, dependents, discovery, recipes
from phased.downgrade import backwards
from phased.keys import grouped, refuse_pending
from phased.model import Phase
from phased.model_checks import check_hints, check_metadata, check_names
from phased.named_types import existing, prepared, unused
from phased.naming import relation
from phased.operations.note import NoteOp
from phased.ordering import flatten, ordered, paired, unqualified
from phased.pending import refuse_lost, subtract_pending
from phased.recipe import Context, recipe_for, table_of
from phased.rename import settle
from phased.renaming import check_table_hints, renamed
from phased.succession import SucceedOp, converted, retired, successions
from phased.succession_checks import check_expressions, check_sources

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from alembic.operations import MigrateOperation
    from alembic.runtime.migration import MigrationContext
    from sqlalchemy import MetaData, Table

    from phased.fact import Facts
    from phased.recipe import Phases, Recipe
    from phased.rename import Ask

__all__ = ["models_of", "subtract_pending", "write_phases"]

RECIPES = cast("list[Recipe]", discovery.modules(recipes))
WAIVER = "phased:"
DOWN, EMPTY = "downgrades", (Phase.BACKFILL, Phase.CONTRACT)  # Alembic wants lists of one length


def write_phases(  # noqa: PLR0913 # each is another source of what must be known
    migration: MigrationContext,
    directives: Sequence[ops.MigrationScript],
    *,
    facts: Facts,
    pending: Sequence[MigrateOperation] = (),
    rename_answers: Mapping[str, str] | None = None,
    ask: Ask | None = None,
    prepared_statements: bool = True,
) -> None:
    """Rewrite Alembic's directive in place: expand, backfill, contract, and one downgrade.

    Args:
        migration: Alembic's, with a connection and the models in ``target_metadata``.
        directives: As ``process_revision_directives`` gets them; one script.
        facts: The database that the models were compared with.
        pending: The recorded operations of every contract that has not run.
        rename_answers: From ``phased.rename.parse_answers``.
        ask: Puts a question to the user; None where nobody can answer.
        prepared_statements: Whether the running release prepares statements.

    Raises:
        ModelError: The models cannot be turned into a revision; nothing was written.
    """
    script = directives[0]
    difference = script.upgrade_ops
    if difference is None:
        return
    metadata, default = models_of(migration), migration.dialect.default_schema_name
    check_metadata(metadata)
    tables = _tables(metadata, default)
    refuse_lost(pending, tables)
    subtract_pending(difference, pending)
    changes = [unqualified(op, default) for op in flatten(difference)]
    plain = Context(facts=facts, tables=tables)
    check_hints(changes, plain)
    check_sources(changes, plain)
    check_names(changes)
    changes = [*changes, *unused(changes, tables, facts, pending)]
    changes = prepared(changes, existing(migration.connection))
    answers = rename_answers or {}
    check_table_hints(changes, plain, answers)
    changes = converted(settle(changes, plain, answers, ask), plain)
    changes = renamed(changes, migration, plain, pending)
    check_expressions(changes, plain)
    refuse_pending(changes, pending)
    changes = grouped(changes, plain, migration.connection)
    changes = ordered(paired(retired(changes)), tables)
    carried = dependents.of(migration.connection, changes)
    context = replace(
        _context(changes, tables, facts),
        carried=carried,
        in_place=alter_type.ask(migration.connection, changes, plain),
        prepared_statements=prepared_statements,
    )
    _write(script, phases_of(changes, context), backwards(changes, carried))


def models_of(migration: MigrationContext) -> list[MetaData]:
    """Every MetaData that env.py gave as ``target_metadata``."""
    given: Any = migration.opts.get("target_metadata")
    if given is None:
        return []
    return list(given) if isinstance(given, list | tuple) else [given]


def _tables(metadata: list[MetaData], default: str | None) -> dict[str, Table]:
    tables = [table for one in metadata for table in one.tables.values()]
    return {relation(t.name, None if t.schema == default else t.schema): t for t in tables}


def _context(
    changes: Sequence[MigrateOperation], tables: Mapping[str, Any], facts: Facts
) -> Context:
    dropped: set[str | tuple[str, str]] = set()
    for op in changes:
        if isinstance(op, ops.DropTableOp):
            dropped.add(table_of(op))
        elif isinstance(op, ops.DropColumnOp):
            dropped.add((table_of(op), op.column_name))
        elif isinstance(op, SucceedOp):
            dropped |= {(table_of(op), name) for name in op.old}
    return Context(
        facts=facts,
        tables=tables,
        created=frozenset(table_of(op) for op in changes if isinstance(op, ops.CreateTableOp)),
        added=frozenset((table_of(op), name) for op in changes for name in _added(op)),
        dropped=frozenset(dropped),
        successions=tuple(successions(changes)),
    )


def _added(op: MigrateOperation) -> tuple[str, ...]:
    if isinstance(op, SucceedOp):
        return op.new
    return (str(op.column.name),) if isinstance(op, ops.AddColumnOp) else ()


def phases_of(
    changes: Iterable[MigrateOperation], context: Context
) -> list[list[MigrateOperation]]:
    """The operations of each phase, by the recipe of each change.

    Args:
        changes: Single changes, each after what it needs.
        context: What the recipes may ask.

    Returns:
        One list a phase, in the order of `Phase`.

    Raises:
        ModelError: A change has no online way.
    """
    by_phase: list[list[MigrateOperation]] = [[] for _ in Phase]
    for op in changes:
        found: Phases = recipe_for(op, context, RECIPES).phases(op, context)
        for phase in Phase:
            by_phase[phase] += getattr(found, phase.word)
    return by_phase


def _write(
    script: ops.MigrationScript,
    by_phase: list[list[MigrateOperation]],
    down: list[MigrateOperation],
) -> None:
    script.upgrade_ops = [
        ops.UpgradeOps(ops=_once(by_phase[phase]), upgrade_token=phase.word) for phase in Phase
    ]
    script.downgrade_ops = [
        ops.DowngradeOps(ops=down, downgrade_token=DOWN),
        *(
            ops.DowngradeOps(ops=[], downgrade_token=f"{DOWN}_{phase.word}")
            for phase in list(Phase)[1:]
        ),
    ]


def _once(operations: list[MigrateOperation]) -> list[MigrateOperation]:
    """The same remark twice in a row is said once; a waiver is about the call that follows it."""
    kept: list[MigrateOperation] = []
    said: set[str] = set()
    for op in operations:
        text = op.text if isinstance(op, NoteOp) and not op.text.startswith(WAIVER) else None
        if text is None or text not in said:
            kept.append(op)
        said |= {text} if text is not None else set()
    return kept
