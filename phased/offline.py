"""`--sql`: the script of what a command would run, ledger rows and all.

Nobody looks at a database: a script from the very beginning has all phases, for there the database
is empty; one for a range has expand and backfill, and contracts are asked for by `-x
phased=contract`, in a script of their own that leaves the version alone.
"""

from __future__ import annotations

from contextlib import nullcontext
from itertools import groupby
from typing import TYPE_CHECKING

from phased import lint, revisions
from phased.errors.backfill import NoScript
from phased.errors.revisions import NoDowngrade
from phased.fact import Facts
from phased.function_code import name_of
from phased.histories import plans_of
from phased.ledger import StepRow
from phased.legacy import OLD_STYLE
from phased.model import Phase, StepState
from phased.operations import backfill
from phased.paper import Paper, create_on_paper, on_paper
from phased.phases import phase_functions
from phased.plan import build, outline
from phased.record import record
from phased.rollout import print_of
from phased.stand_in import install, own_downgrade
from phased.upgrade import EMPTY_DATABASE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from alembic.runtime.migration import MigrationContext
    from alembic.script import Script, ScriptDirectory

    from phased.model import Plan, Step
    from phased.record import Recorded
    from phased.settings import Settings

ASKED = "alembic -x phased=contract upgrade --sql"
NOTHING_PRINTED = "Nothing was printed."
ONE_UPDATE = (
    "-- One UPDATE of all rows; `alembic upgrade` without --sql fills them in small batches"
)
NOTHING_TO_FILL = "-- A Python function fills rows here; on an empty database there are none"
STOP_AT_ERRORS = "-- To stop at the first error: psql -v ON_ERROR_STOP=1 -f …"
AFTER_CONTRACT = (
    "-- For a database where revision {0} has been contracted; where it has not: phased abort {0}"
)


def prepare_upgrade(
    context: MigrationContext, script: ScriptDirectory, chosen: Sequence[Script], settings: Settings
) -> None:
    """Put functions that print SQL where Alembic will call them.

    Raises:
        JudgementError: A rule is broken.
        RevisionError: A file cannot be used as it is.
    """
    fresh = not context.get_current_heads()
    for one, plan in zip(chosen, _judged(script, chosen, settings, fresh=fresh), strict=True):
        if one is chosen[0]:
            context.impl.static_output(STOP_AT_ERRORS)
        printer = (
            _old_style(context, one, fresh=fresh)
            if plan.legacy
            else _phased(context, settings, fresh=fresh)
        )
        install(one, _upgrade(context, plan, printer, first=one is chosen[0]))


def print_contracts(
    context: MigrationContext, script: ScriptDirectory, chosen: Sequence[Script], settings: Settings
) -> None:
    """Print the contracts of revisions; the version stays as it is.

    Raises:
        JudgementError: A rule is broken.
        RevisionError: A file cannot be used as it is.
    """
    plans = [plan for plan in _judged(script, chosen, settings, fresh=False) if not plan.legacy]
    context.impl.static_output(STOP_AT_ERRORS)
    for plan in plans:
        context.impl.static_output(f"-- Running contract of {plan.revision}")
        context.impl.emit_begin()
        on_paper(context).justify(plan.revision, ASKED)
        _phase(context, plan, Phase.CONTRACT, settings)
        context.impl.emit_commit()


def prepare_downgrade(
    context: MigrationContext, chosen: Sequence[Script], settings: Settings
) -> None:
    """Put functions that print SQL where Alembic will call them: each file's own `downgrade()`.

    Raises:
        CannotAbort: A file has none.
        RevisionError: One cannot be used as it is.
    """
    for one in chosen:
        plan, calls = outline(one), _backwards(one)
        install(one, _downgrade(context, plan, calls, settings), "downgrade")


def _judged(
    script: ScriptDirectory, chosen: Sequence[Script], settings: Settings, *, fresh: bool
) -> list[Plan]:
    """The plans of some revisions, with what the whole history before them tells of the tables."""
    history = revisions.every(script)
    plans, unknown = plans_of(history, Facts())
    wanted = {one.revision for one in chosen}
    for one in unknown:
        if one.revision in wanted:
            build(one, Facts())  # says what it asks for
    judged = wanted - revisions.up_to(script, settings.start_after)
    if not fresh:
        _refuse_functions([plan for plan in plans if plan.revision in wanted])
    findings = lint.judge(plans, Facts(), fresh=fresh)
    lint.refuse([one for one in findings if one.revision in judged], NOTHING_PRINTED)
    by_revision = {plan.revision: plan for plan in plans}
    return [by_revision[one.revision] for one in chosen]


def _refuse_functions(plans: Sequence[Plan]) -> None:
    """A script cannot call Python; on an empty database there is nothing to call it for."""
    for plan in plans:
        for step in plan.steps:
            if step.backfill and step.backfill.function:
                raise NoScript(
                    revision=plan.revision,
                    table=step.backfill.table,
                    function=name_of(step.backfill.function),
                )


def _upgrade(
    context: MigrationContext, plan: Plan, printer: Callable[[Plan], None], *, first: bool
) -> Callable[..., None]:
    def upgrade(**_: object) -> None:
        if first:
            create_on_paper(context)
        printer(plan)

    return upgrade


def _phased(
    context: MigrationContext, settings: Settings, *, fresh: bool
) -> Callable[[Plan], None]:
    phases = tuple(Phase) if fresh else (Phase.EXPAND, Phase.BACKFILL)

    def printer(plan: Plan) -> None:
        on_paper(context).begin(plan, EMPTY_DATABASE if fresh else None)
        for phase in phases:
            _phase(context, plan, phase, settings)

    return printer


def _old_style(context: MigrationContext, script: Script, *, fresh: bool) -> Callable[[Plan], None]:
    calls = record(phase_functions(script)[0][1], script.path, old_style=True)

    def printer(plan: Plan) -> None:
        if fresh:
            on_paper(context).begin(plan, EMPTY_DATABASE)
        _calls(context, calls)
        on_paper(context).adopt(plan.revision, plan.checksum, OLD_STYLE)

    return printer


def _downgrade(
    context: MigrationContext, plan: Plan, calls: list[Recorded], settings: Settings
) -> Callable[..., None]:
    def downgrade(**_: object) -> None:
        if not plan.legacy:
            context.impl.static_output(AFTER_CONTRACT.format(plan.revision))
        _print(context, _lock_timeout(settings))
        _calls(context, calls)
        create_on_paper(context)
        on_paper(context).forget([plan.revision])

    return downgrade


def _backwards(script: Script) -> list[Recorded]:
    function = own_downgrade(script)
    if function is None:
        raise NoDowngrade(path=script.path)
    return record(function, script.path, old_style=True)


def _phase(context: MigrationContext, plan: Plan, phase: Phase, settings: Settings) -> None:
    for step in plan.phase(phase):
        _step(context, step, settings)
        _done(context, plan, step)
    on_paper(context).finish(plan.revision, phase)


def _step(context: MigrationContext, step: Step, settings: Settings) -> None:
    """A step commits by itself: what follows must not wait with its locks held."""
    statements = [statement.sql for statement in step.statements]
    if all(statement.transactional for statement in step.statements):
        context.impl.emit_commit()
        context.impl.emit_begin()
        if step.backfill and step.backfill.function:
            context.impl.static_output(NOTHING_TO_FILL)
            return
        if step.backfill:
            context.impl.static_output(ONE_UPDATE)
            _print(context, backfill.GUARD)
        else:
            _print(context, _lock_timeout(settings))
        _print(context, *statements)
    else:
        with context.autocommit_block():
            _print(context, *statements)


def _done(context: MigrationContext, plan: Plan, step: Step) -> None:
    place = plan.revision, step.phase.word, step.position
    on_paper(context).write(StepRow(*place, print_of(step), StepState.DONE))


def _calls(context: MigrationContext, calls: list[Recorded]) -> None:
    for autocommit, together in groupby(calls, key=lambda call: call.autocommit):
        statements = [sql for call in together for sql in call.sql]
        with context.autocommit_block() if autocommit else nullcontext():
            _print(context, *statements)


def _lock_timeout(settings: Settings) -> str:
    return f"SET LOCAL lock_timeout = '{round(settings.max_stall.total_seconds() * 1000)}ms'"


def _print(context: MigrationContext, *statements: str) -> None:
    for sql in statements:
        Paper(context).execute(sql)
