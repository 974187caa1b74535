"""`alembic upgrade --sql`: the script of what an upgrade would run, ledger rows and all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from phased.ledger import ROLLOUT, STEP, finished_column, statements_to_create, tool
from phased.model import Facts, Phase, StepState
from phased.naming import relation
from phased.operation import literal
from phased.phases import is_legacy
from phased.plan import build
from phased.rollout import print_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from alembic.runtime.migration import MigrationContext
    from alembic.script import Script

    from phased.model import Plan, Step
    from phased.settings import Settings


def prepare(
    context: MigrationContext,
    scripts: Iterable[Script],
    settings: Settings,
    phases: Iterable[Phase],
) -> None:
    """Put functions that print SQL where Alembic will call them.

    Args:
        context: Alembic's, in offline mode.
        scripts: Every revision there is; Alembic calls those in the range.
        settings: For `max_stall`.
        phases: What the script is to contain.
    """
    chosen = tuple(phases)
    for script in scripts:
        if not is_legacy(script.module):
            cast("Any", script.module).upgrade = _printer(context, script, settings, chosen)


def _printer(
    context: MigrationContext, script: Script, settings: Settings, phases: tuple[Phase, ...]
) -> Callable[..., None]:
    def upgrade(**_: object) -> None:
        plan, _facts = build(script, Facts())
        for sql in statements_to_create(context.version_table_schema):
            _print(context, sql)
        _print(context, _begun(context, plan))
        for step in plan.steps:
            if step.phase in phases:
                _step(context, plan, step, settings)
        for phase in phases:
            _print(context, _finished(context, plan, phase))

    upgrade.phased = True  # type: ignore[attr-defined] # so that it is not taken for the file's own
    return upgrade


def _step(context: MigrationContext, plan: Plan, step: Step, settings: Settings) -> None:
    statements = [statement.sql for statement in step.statements]
    if all(statement.transactional for statement in step.statements):
        stall = round(settings.max_stall.total_seconds() * 1000)
        _own_transaction(context, [f"SET LOCAL lock_timeout = '{stall}ms'", *statements])
    else:
        with context.autocommit_block():
            for sql in statements:
                _print(context, sql)
    _print(context, _done(context, plan, step))


def _own_transaction(context: MigrationContext, statements: list[str]) -> None:
    """A step commits by itself: what follows must not wait with its locks held."""
    with context.autocommit_block():
        pass
    for sql in statements:
        _print(context, sql)


def _print(context: MigrationContext, sql: str) -> None:
    context.impl.static_output(f"{sql};")


def _begun(context: MigrationContext, plan: Plan) -> str:
    values = [plan.revision, plan.checksum, "alembic --sql", tool()]
    return (
        f"INSERT INTO {relation(ROLLOUT, context.version_table_schema)}"
        " (revision, checksum, applied_by, tool) VALUES"
        f" ({', '.join(literal(value) for value in values)}) ON CONFLICT (revision) DO NOTHING"
    )


def _done(context: MigrationContext, plan: Plan, step: Step) -> str:
    values = [plan.revision, step.phase.word, print_of(step), StepState.DONE.value]
    written = [literal(value) for value in values]
    written.insert(2, str(step.position))
    return (
        f"INSERT INTO {relation(STEP, context.version_table_schema)}"
        " (revision, phase, position, fingerprint, state, finished_at) VALUES"
        f" ({', '.join(written)}, now())"
    )


def _finished(context: MigrationContext, plan: Plan, phase: Phase) -> str:
    return (
        f"UPDATE {relation(ROLLOUT, context.version_table_schema)}"
        f" SET {finished_column(phase)} = now() WHERE revision = {literal(plan.revision)}"
    )
