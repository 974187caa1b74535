from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from alembic.util import CommandError

from phased.errors import PhasedError
from phased.model import Event, Phase, PhaseStatus, RevisionStatus, StepState
from phased.reports import json as report

if TYPE_CHECKING:
    from phased.fact import Facts
    from phased.model import Finding, Plan

FINDING_KEYS = ["rule", "severity", "message", "revision", "path", "phase", "line", "sql"]


def test_plans_with_everything_a_statement_costs(
    plan: Plan, facts: Facts, finding: Finding
) -> None:
    said = json.loads(report.plans([plan], [finding], facts, {(plan.revision, Phase.EXPAND, 0)}))

    steps = said["revisions"][0].pop("steps")
    assert said["revisions"] == [
        {
            "revision": "3f2a9c1b7d04",
            "message": "Give users a handle",
            "path": "alembic/versions/3f2a_handle.py",
            "checksum": "c0ffee",
            "legacy": False,
        }
    ]
    assert said["summary"] == {"revisions": 1, "statements": 6, "errors": 1, "warnings": 0}
    assert [(s["phase"], s["position"], s["done"], s["transactional"]) for s in steps] == [
        ("expand", 0, True, True),
        ("expand", 1, False, True),
        ("expand", 2, False, False),
        ("backfill", 0, False, False),
        ("contract", 0, False, True),
    ]
    assert steps[2]["statements"] == [
        {
            "sql": "CREATE INDEX CONCURRENTLY ix_posts_author ON posts (author_id)",
            "kind": "CREATE INDEX CONCURRENTLY",
            "line": 15,
            "locks": {"posts": "ShareUpdateExclusiveLock"},
            "scans": ["posts"],
            "rewrites": [],
            "transactional": False,
            "destroys": [],
            "restricts": [],
            "creates": [],
        }
    ]
    assert steps[2]["backfill"] is None
    assert steps[3]["backfill"] == {
        "table": "public.users",
        "values": {"handle": "username"},
        "where": None,
    }
    assert steps[4]["statements"][0]["restricts"] == ["users.handle NOT NULL"]


def test_plans_measure_the_relations_they_lock_and_the_database_has(
    plan: Plan, facts: Facts
) -> None:
    said = json.loads(report.plans([plan], (), facts))

    assert said["relations"] == {
        "posts": {"kind": "r", "rows": -1, "bytes": 1_610_612_736},
        "users": {"kind": "r", "rows": 204_000, "bytes": 50_331_648},
    }


def test_plans_of_nothing() -> None:
    assert json.loads(report.plans([])) == {
        "revisions": [],
        "relations": {},
        "findings": [],
        "summary": {"revisions": 0, "statements": 0, "errors": 0, "warnings": 0},
    }


def test_status() -> None:
    done = PhaseStatus(StepState.DONE, datetime(2026, 11, 20, 14, 3, tzinfo=UTC), "deploy", 2, 2)
    phases = {Phase.EXPAND: done, Phase.CONTRACT: PhaseStatus(steps_total=1)}
    row = RevisionStatus("2", "Two", "v/2.py", ("1",), phases, is_current=True, is_head=True)

    assert json.loads(report.status([row])) == {
        "revisions": [
            {
                "revision": "2",
                "message": "Two",
                "path": "v/2.py",
                "down_revisions": ["1"],
                "current": True,
                "head": True,
                "legacy": False,
                "missing": False,
                "phases": {
                    "expand": {
                        "state": "done",
                        "finished_at": "2026-11-20T14:03:00+00:00",
                        "by": "deploy",
                        "steps_done": 2,
                        "steps_total": 2,
                        "detail": None,
                    },
                    "contract": {
                        "state": "pending",
                        "finished_at": None,
                        "by": None,
                        "steps_done": 0,
                        "steps_total": 1,
                        "detail": None,
                    },
                },
            }
        ]
    }


def test_findings(finding: Finding) -> None:
    said = json.loads(report.findings([finding]))

    assert said["summary"] == {"errors": 1, "warnings": 0}
    assert list(said["findings"][0]) == FINDING_KEYS
    assert said["findings"][0]["severity"] == "error"
    assert said["findings"][0]["phase"] == "contract"
    assert said["findings"][0]["line"] == 30
    assert said["findings"][0]["message"] == finding.message


def test_an_event_is_one_line() -> None:
    line = report.event(Event("done", "CREATE\nTABLE", "2", Phase.EXPAND, {"duration": 0.5}))

    assert "\n" not in line
    assert json.loads(line) == {
        "event": "done",
        "revision": "2",
        "phase": "expand",
        "text": "CREATE\nTABLE",
        "data": {"duration": 0.5},
    }


def test_an_event_of_the_run_has_neither_revision_nor_phase() -> None:
    said = json.loads(report.event(Event("run", "2 revisions")))

    assert (said["revision"], said["phase"]) == (None, None)


def test_outcome() -> None:
    assert json.loads(report.outcome("contracted", ["2"])) == {
        "outcome": "contracted",
        "revisions": ["2"],
        "detail": "",
    }


def test_an_error_with_its_facts_whatever_their_type() -> None:
    error = PhasedError(detail="Cannot.", budget=timedelta(minutes=10), attempts=3)

    assert json.loads(report.error(error)) == {
        "error": "PhasedError",
        "message": "Cannot.",
        "exit_code": 2,
        "facts": {"detail": "Cannot.", "budget": "0:10:00", "attempts": 3},
    }


def test_an_error_of_alembic() -> None:
    assert json.loads(report.error(CommandError("No such revision"))) == {
        "error": "CommandError",
        "message": "No such revision",
        "exit_code": 2,
        "facts": {},
    }
