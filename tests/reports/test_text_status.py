from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from phased.model import Phase, PhaseStatus, RevisionStatus, StepState
from phased.reports.text import status

WHEN = datetime(2026, 11, 20, 14, 3, tzinfo=UTC)
DONE = PhaseStatus(StepState.DONE, WHEN, "deploy", 2, 2)
GATE = "Waits for release 1a2b to leave: 2 sessions are connected."

ROWS = (
    RevisionStatus("01", "Before", phases={Phase.EXPAND: PhaseStatus(StepState.DONE)}, legacy=True),
    RevisionStatus("1a2b3c", "Initial schema", phases=dict.fromkeys(Phase, DONE)),
    RevisionStatus(
        "3f2a",
        "Give users a handle",
        phases={
            Phase.EXPAND: DONE,
            Phase.BACKFILL: DONE,
            Phase.CONTRACT: PhaseStatus(steps_total=3, detail=GATE),
        },
        is_current=True,
    ),
    RevisionStatus(
        "4444",
        "Count posts",
        phases={
            Phase.EXPAND: DONE,
            Phase.BACKFILL: PhaseStatus(
                StepState.FAILED, steps_done=1, steps_total=3, detail="division by zero"
            ),
        },
    ),
    RevisionStatus(
        "5555",
        "Index posts",
        phases={
            Phase.EXPAND: PhaseStatus(StepState.RUNNING, steps_done=0, steps_total=1),
            Phase.CONTRACT: PhaseStatus(),
        },
    ),
    RevisionStatus("6666", "Next", phases={Phase.EXPAND: PhaseStatus()}, is_head=True),
    RevisionStatus("7777", missing=True, is_current=True),
)

WHOLE = """\
✓ 01      Before               (legacy)
✓ 1a2b3c  Initial schema       2026-11-20 14:03 UTC, deploy
▸ 3f2a    Give users a handle  (current)
    expand    ✓ 2026-11-20 14:03 UTC, deploy
    backfill  ✓ 2026-11-20 14:03 UTC, deploy
    contract  · pending
                Waits for release 1a2b to leave: 2 sessions are connected.
✗ 4444    Count posts
    expand    ✓ 2026-11-20 14:03 UTC, deploy
    backfill  ✗ failed, 1 of 3 steps done
                division by zero
▸ 5555    Index posts
    expand    ▸ running
    contract  · pending
· 6666    Next                 (head)
    expand    · pending
✗ 7777                         (current)  its file is missing

7 revisions, 2 done, 1 waiting for its contract, 1 under way, 1 failed, 1 missing, 1 pending"""


def test_a_whole_history() -> None:
    assert status(ROWS).plain == WHOLE


def test_no_revisions() -> None:
    assert status([]).plain == "No revisions."


def test_phases_are_in_their_order_whatever_the_order_of_the_mapping() -> None:
    phases = {Phase.CONTRACT: PhaseStatus(), Phase.EXPAND: DONE}

    lines = status([RevisionStatus("1", "x", phases=phases)]).plain.splitlines()

    assert [line.split()[0] for line in lines[1:3]] == ["expand", "contract"]


def test_a_time_of_another_zone_is_shown_in_utc() -> None:
    tokyo = WHEN.astimezone(timezone(timedelta(hours=9)))
    done = PhaseStatus(StepState.DONE, tokyo)

    assert (
        "2026-11-20 14:03 UTC" in status([RevisionStatus("1", phases={Phase.EXPAND: done})]).plain
    )


def test_a_long_message_is_cut_and_a_long_detail_wrapped() -> None:
    failed = PhaseStatus(StepState.FAILED, detail="could not " * 30)
    row = RevisionStatus("1" * 12, "m" * 80, phases={Phase.EXPAND: failed}, is_head=True)

    lines = status([row]).plain.splitlines()

    assert lines[0] == f"✗ 111111111111  {'m' * 47}…  (head)"
    assert max(len(line) for line in lines) <= 100
    assert sum(line.count("could not") for line in lines) == 30
