"""A revision file -> its plan: operations recorded, priced, and grouped into steps."""

from __future__ import annotations

import hashlib
import io
import tokenize
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from phased.errors.revisions import NoPhases, PhasesAndUpgrade
from phased.model import Backfill, Facts, Phase, Plan, Statement, Step
from phased.operations.backfill import BackfillOp
from phased.record import record, undo
from phased.statements import evolve, parse

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import ModuleType

    from alembic.script import Script

    from phased.record import Recorded

_SILENT = {
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.ENCODING,
    tokenize.ENDMARKER,
}
_STATEMENT_STARTS = {tokenize.ENCODING, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT}


def build(script: Script, facts: Facts) -> tuple[Plan, Facts]:
    """The plan of one revision, and the facts as they are after it.

    Raises:
        NoPhases: The file has neither phases nor `upgrade()`.
        PhasesAndUpgrade: It has both.
        AsksForConnection: A phase function asks for a database connection.
        SqlSyntax: A statement does not parse.
    """
    steps: list[Step] = []
    facts = nothing_new(facts)
    for phase, function in phase_functions(script):
        facts = nothing_new(facts) if phase is Phase.CONTRACT else facts
        grouped, facts = _steps(phase, record(function, script.path), facts)
        steps += grouped
    return _plan(script, tuple(steps)), facts


def nothing_new(facts: Facts) -> Facts:
    """The facts where a revision begins, or its contract: the new release uses what is new."""
    return replace(facts, created=frozenset(), added_columns=frozenset())


def outline(script: Script, steps: Sequence[Step] = ()) -> Plan:
    """The plan of a revision whose steps come from elsewhere."""
    return _plan(script, tuple(steps))


def from_recorded(phase: Phase, calls: list[Recorded], facts: Facts) -> tuple[list[Step], Facts]:
    """Steps of calls that were recorded elsewhere, and the facts after them."""
    return _steps(phase, calls, facts)


def is_legacy(module: ModuleType) -> bool:
    """Whether the file has `upgrade()` instead of phases."""
    return not _present(module)


def phase_functions(script: Script) -> list[tuple[Phase, Callable[[], object]]]:
    """The phase functions of a file, in order; `upgrade()` of an old one counts as expand."""
    module, found = script.module, _present(script.module)
    upgrade = getattr(module, "upgrade", None)
    written = upgrade is not None and not getattr(upgrade, "phased", False)
    if found and written:
        phases = ", ".join(f"{phase.word}()" for phase in found)
        raise PhasesAndUpgrade(path=script.path, phases=phases)
    if not found and not written:
        raise NoPhases(path=script.path)
    return [(phase, getattr(module, phase.word)) for phase in found] or [(Phase.EXPAND, upgrade)]


def checksum(source: str) -> str:
    """SHA-256 of the code: comments, docstrings and formatting do not count."""
    kept, previous = [], tokenize.ENCODING
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        docstring = token.type == tokenize.STRING and previous in _STATEMENT_STARTS
        if token.type not in _SILENT and not docstring:
            kept.append(token.string if token.string.strip() else f"<{token.type}>")
        previous = previous if token.type in {tokenize.COMMENT, tokenize.NL} else token.type
    return hashlib.sha256("".join(kept).encode()).hexdigest()


def _present(module: ModuleType) -> list[Phase]:
    return [phase for phase in Phase if hasattr(module, phase.word)]


def _plan(script: Script, steps: tuple[Step, ...]) -> Plan:
    source = Path(script.path).read_text(encoding="utf-8")
    return Plan(
        revision=script.revision,
        message=script.doc,
        path=_shown(script.path),
        checksum=checksum(source),
        steps=steps,
        legacy=is_legacy(script.module),
        source=source,
        down=tuple(script._versioned_down_revisions),  # noqa: SLF001 # the public one is a str, tuple or None
    )


def _shown(path: str) -> str:
    try:
        return str(Path(path).relative_to(Path.cwd()))
    except ValueError:
        return path


def _steps(phase: Phase, calls: list[Recorded], facts: Facts) -> tuple[list[Step], Facts]:
    steps: list[Step] = []
    closed = True
    for call in calls:
        statements, facts = _priced(call, facts)
        for statement, alone in statements:
            if alone or closed:
                steps.append(Step(phase, len(steps), (), _backfill(call), ()))
            steps[-1] = replace(steps[-1], statements=(*steps[-1].statements, statement))
            closed = alone
        if statements:
            steps[-1] = replace(steps[-1], undo=_undone(call, steps[-1].undo))
    return steps, facts


def _priced(call: Recorded, facts: Facts) -> tuple[list[tuple[Statement, bool]], Facts]:
    """The statements of a call, each with whether it must be a step of its own."""
    priced: list[tuple[Statement, bool]] = []
    for sql in call.sql:
        for statement in parse(sql, facts=facts):
            alone = call.autocommit or stands_alone(statement, facts) or _backfill(call) is not None
            priced.append((replace(statement, line=call.line), alone))
            facts = evolve(facts, statement)
    return priced, facts


def stands_alone(statement: Statement, facts: Facts) -> bool:
    """Whether a statement must not share its transaction.

    One that scans or rewrites a table that was there before would hold the locks of its
    neighbours all the while; an enum value cannot be used before it is committed.
    """
    long = (statement.scans | statement.rewrites) - facts.created
    return bool(long) or not statement.transactional or "ADD VALUE" in statement.kind


def _backfill(call: Recorded) -> Backfill | None:
    operation = call.operation
    if not isinstance(operation, BackfillOp):
        return None
    return Backfill(operation.table_name, operation.values, operation.schema, operation.where)


def _undone(call: Recorded, after: tuple[str, ...] | None) -> tuple[str, ...] | None:
    """What takes the call back comes before what takes back the calls before it."""
    taken_back = undo(call.operation)
    return None if taken_back is None or after is None else (*taken_back, *after)
