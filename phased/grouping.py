"""Recorded calls -> steps: what commits together.

How statements fall into steps is a matter of the file alone, never of the database: the ledger
finds a step by its place, and between two runs half of the revision may be in the database already.
Prices do ask the database.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from phased import old_names, swapped_columns
from phased.existing_types import believed
from phased.fact import Facts
from phased.model import Backfill, Step
from phased.operations.backfill import BackfillOp
from phased.operations.backfill_rows import BackfillRowsOp, work
from phased.record import undo
from phased.statements import evolve, parse

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from phased.model import Phase, Statement
    from phased.record import Recorded


@dataclass(frozen=True, slots=True)
class Known:
    """What is known before a statement.

    Attributes:
        facts: Of the database, and of what the revision did before: for the price.
        said: Of what the revision did before alone: for the grouping.
    """

    facts: Facts
    said: Facts = field(default_factory=Facts)


def group(phase: Phase, calls: Iterable[Recorded], known: Known) -> tuple[list[Step], Known]:
    """The steps of one phase, and what is known after them.

    A maximal run of statements that are transactional and neither scan nor rewrite a table that
    was there before is one step; any other statement is a step of its own, and so is a backfill.

    Raises:
        SqlSyntax: A statement does not parse.
    """
    steps: list[Step] = []
    closed = True
    for call in calls:
        touched = set()
        for statement, alone, after in _priced(call, known):
            if alone or closed:
                steps.append(Step(phase, len(steps), (), _backfill(call), (), call.autocommit))
            steps[-1] = replace(steps[-1], statements=(*steps[-1].statements, statement))
            touched.add(len(steps) - 1)
            closed, known = alone, after
        _add_undo(steps, touched, call)
    return [replace(step, notes=_notes(step, known.facts)) for step in steps], known


def _notes(step: Step, facts: Facts) -> tuple[str, ...]:
    said = (module.notes(step.statements, facts) for module in (old_names, swapped_columns))
    return tuple(line for lines in said for line in lines)


def stands_alone(statement: Statement, said: Facts) -> bool:
    """Whether a statement must not share its transaction.

    One that scans or rewrites a table that was there before would hold the locks of its
    neighbours all the while; an enum value cannot be used before it is committed.
    """
    long = (statement.scans | statement.rewrites) - said.created
    return bool(long) or not statement.transactional or "ADD VALUE" in statement.kind


def _priced(call: Recorded, known: Known) -> Iterator[tuple[Statement, bool, Known]]:
    """The statements of a call; whether each must be a step of its own; what is known after it."""
    whole = call.autocommit or _backfill(call) is not None
    known = replace(known, facts=believed(call.operation, known.facts))
    for sql in call.sql:
        pairs = zip(parse(sql, facts=known.facts), parse(sql, facts=known.said), strict=True)
        for statement, unsure in pairs:
            alone = whole or stands_alone(unsure, known.said)
            known = Known(evolve(known.facts, statement), evolve(known.said, statement))
            yield replace(statement, line=call.line), alone, known


def _backfill(call: Recorded) -> Backfill | None:
    operation = call.operation
    if isinstance(operation, BackfillRowsOp):
        return work(operation)
    if not isinstance(operation, BackfillOp):
        return None
    return Backfill(operation.table_name, operation.values, operation.schema, operation.where)


def _add_undo(steps: list[Step], touched: set[int], call: Recorded) -> None:
    """What takes the call back comes before what takes back the calls before it.

    A call that fills several steps can stop between them: nothing is known to take back half.
    """
    taken_back = undo(call.operation) if len(touched) == 1 else None
    for place in touched:
        before = steps[place].undo
        whole = None if taken_back is None or before is None else (*taken_back, *before)
        steps[place] = replace(steps[place], undo=whole)
