from __future__ import annotations

from datetime import UTC, datetime

import pytest

from phased.errors.running import RevisionEdited
from phased.ledger import Entries, RolloutRow, StepRow
from phased.model import Phase, Plan, Statement, Step, StepState
from phased.rollout import done_steps, finished, is_done, pending, print_of

NOW = datetime(2030, 1, 1, tzinfo=UTC)


def step(phase: Phase, position: int, *sql: str) -> Step:
    statements = tuple(Statement(one, "ALTER TABLE", {}) for one in sql)
    return Step(phase, position, statements)


ADD = step(Phase.EXPAND, 0, "ALTER TABLE t ADD a int")
INDEX = step(Phase.EXPAND, 1, "CREATE INDEX CONCURRENTLY i ON t (a)")
DROP = step(Phase.CONTRACT, 0, "ALTER TABLE t DROP b")
PLAN = Plan("b2", "", "b2.py", "", (ADD, INDEX, DROP))


def row(one: Step, state: StepState, fingerprint: str | None = None) -> StepRow:
    return StepRow("b2", one.phase.word, one.position, fingerprint or print_of(one), state)


def entries(*rows: StepRow) -> Entries:
    return Entries({}, {(r.revision, Phase[r.phase.upper()], r.position): r for r in rows})


def test_what_is_done_is_not_pending() -> None:
    found = entries(row(ADD, StepState.DONE), row(INDEX, StepState.RUNNING))
    assert pending(PLAN, found, [Phase.EXPAND]) == [INDEX]
    assert pending(PLAN, found, Phase) == [INDEX, DROP]
    assert pending(PLAN, entries(), [Phase.CONTRACT]) == [DROP]
    assert is_done(found, "b2", ADD)
    assert not is_done(found, "b2", INDEX)
    assert not is_done(found, "c3", ADD)
    assert done_steps(found) == {("b2", Phase.EXPAND, 0)}


@pytest.mark.parametrize("state", [StepState.DONE, StepState.RUNNING])
def test_an_edited_step_is_refused(state: StepState) -> None:
    with pytest.raises(RevisionEdited) as caught:
        pending(PLAN, entries(row(INDEX, state, "other")), [Phase.CONTRACT])
    assert caught.value.facts["position"] == 2
    assert caught.value.facts["state"] == state.value
    assert str(caught.value).startswith("b2.py was edited after it was applied: step 2 of expand()")


def test_a_step_that_has_gone_from_the_file_is_refused() -> None:
    beyond = step(Phase.EXPAND, 2, "ALTER TABLE t ADD c int")
    with pytest.raises(RevisionEdited):
        pending(PLAN, entries(row(beyond, StepState.DONE)), Phase)


def test_a_failed_step_may_be_mended() -> None:
    found = entries(row(ADD, StepState.DONE), row(INDEX, StepState.FAILED, "other"))
    assert pending(PLAN, found, [Phase.EXPAND]) == [INDEX]


def test_rows_of_another_revision_do_not_count() -> None:
    other = StepRow("c3", "expand", 0, "other", StepState.DONE)
    assert pending(PLAN, entries(other), [Phase.EXPAND]) == [ADD, INDEX]


def test_layout_is_no_edit() -> None:
    laid_out = step(Phase.EXPAND, 0, "alter  table t\n  ADD a int -- a comment")
    assert print_of(laid_out) == print_of(ADD)
    assert print_of(step(Phase.EXPAND, 0, "ALTER TABLE t ADD b int")) != print_of(ADD)


def test_a_phase_is_finished_when_its_moment_is_known() -> None:
    found = RolloutRow("b2", "", expanded_at=NOW)
    assert finished(found, Phase.EXPAND)
    assert not finished(found, Phase.BACKFILL)
    assert finished(None, Phase.CONTRACT)
