"""For machines: one JSON value per call, keys in snake_case, stable; absent facts are null.

``plans``::

    {"revisions": [{"revision", "message", "path", "checksum", "legacy",
                    "steps": [{"phase", "position", "done", "transactional", "notes": [line],
                               "backfill": null | {"table", "values": {column: SQL}, "where"},
                               "statements": [{"sql", "kind", "line", "locks": {relation: mode},
                                               "scans", "rewrites", "transactional", "destroys",
                                               "restricts", "creates"}]}]}],
     "relations": {relation: {"kind", "rows", "bytes"}},
     "findings": [finding],
     "summary": {"revisions", "statements", "errors", "warnings"}}

A lock mode is named as ``pg_locks.mode`` names it, a relation as ``regclass`` prints it; ``rows``
is an estimate, -1 where it was never analysed. ``relations`` has those that are locked and
that the database has. Phases are ``expand``, ``backfill`` and ``contract``.

``status``::

    {"revisions": [{"revision", "message", "path", "down_revisions", "current", "head", "legacy",
                    "missing", "phases": {phase: {"state", "finished_at", "by", "steps_done",
                                                  "steps_total", "detail"}}}]}

``state`` is ``pending``, ``running``, ``done`` or ``failed``; ``finished_at`` is ISO 8601.

``backfills``; ``state`` is ``running``, ``paused``, ``stopped`` or ``failed``, ``left`` seconds::

    {"backfills": [{"revision", "table", "state", "done", "total", "rate", "left", "sweep",
                    "workers", "limit", "batch_ms", "waiting", "paused_by", "paused_at", "error",
                    "runner"}]}

``findings``::

    {"findings": [{"rule", "severity", "message", "revision", "path", "phase", "line", "sql"}],
     "summary": {"errors", "warnings"}}

``event``, on one line::

    {"event": kind, "revision", "phase", "text", "data": {…}}

``outcome``, on one line::

    {"outcome": "contracted", "revisions": [id], "detail"}

``error``, on one line; ``facts`` are the error's own, as text where JSON has no word for them::

    {"error": "EmbeddedNotInstalled", "message", "exit_code", "facts": {…}}
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from phased.errors import exit_code
from phased.fact import Facts
from phased.model import Severity
from phased.naming import relation

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from alembic.util import CommandError

    from phased.backfills import BackfillStatus
    from phased.model import (
        Backfill,
        Event,
        Finding,
        Phase,
        PhaseStatus,
        Plan,
        RevisionStatus,
        Statement,
        Step,
    )


def plans(
    plans: Sequence[Plan],
    findings: Sequence[Finding] = (),
    facts: Facts | None = None,
    done: Collection[tuple[str, Phase, int]] = (),
) -> str:
    """What would run, with its price."""
    statements = [s for plan in plans for step in plan.steps for s in step.statements]
    return _pretty(
        revisions=[_plan(plan, done) for plan in plans],
        relations=_relations(statements, facts or Facts()),
        findings=[_finding(finding) for finding in findings],
        summary={"revisions": len(plans), "statements": len(statements), **_sums(findings)},
    )


def status(rows: Sequence[RevisionStatus]) -> str:
    """Every revision and how far its phases have come, in the order given."""
    return _pretty(revisions=[_row(row) for row in rows])


def backfills(rows: Sequence[BackfillStatus]) -> str:
    """Where the backfills stand that are under way."""
    known = [asdict(row) for row in rows]
    return _pretty(backfills=[{k: None if v == "" else v for k, v in o.items()} for o in known])


def findings(findings: Sequence[Finding]) -> str:
    """What ``phased lint`` says."""
    return _pretty(findings=[_finding(each) for each in findings], summary=_sums(findings))


def event(event: Event) -> str:
    """The event on one line."""
    return _line(
        event=event.kind,
        revision=event.revision or None,
        phase=None if event.phase is None else event.phase.word,
        text=event.text,
        data=dict(event.data),
    )


def outcome(verb: str, revisions: Sequence[str], detail: str = "") -> str:
    """What a command did, on one line."""
    return _line(outcome=verb, revisions=list(revisions), detail=detail)


def error(error: CommandError) -> str:
    """What went wrong, on one line."""
    return _line(
        error=type(error).__name__,
        message=str(error),
        exit_code=exit_code(error),
        facts=getattr(error, "facts", {}),
    )


def _pretty(**value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False, default=str)


def _line(**value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


def _plan(plan: Plan, done: Collection[tuple[str, Phase, int]]) -> dict[str, object]:
    return {
        "revision": plan.revision,
        "message": plan.message,
        "path": plan.path,
        "checksum": plan.checksum,
        "legacy": plan.legacy,
        "steps": [
            _step(step, done=(plan.revision, step.phase, step.position) in done)
            for step in plan.steps
        ],
    }


def _step(step: Step, *, done: bool) -> dict[str, object]:
    return {
        "phase": step.phase.word,
        "position": step.position,
        "done": done,
        "transactional": step.transactional,
        "notes": list(step.notes),
        "backfill": _backfill(step.backfill) if step.backfill else None,
        "statements": [_statement(statement) for statement in step.statements],
    }


def _backfill(work: Backfill) -> dict[str, object]:
    return {
        "table": relation(work.table, work.schema),
        "values": dict(work.values),
        "where": work.where,
    }


def _statement(statement: Statement) -> dict[str, object]:
    return {
        "sql": statement.sql,
        "kind": statement.kind,
        "line": statement.line or None,
        "locks": {name: lock.value for name, lock in statement.locks.items()},
        "scans": sorted(statement.scans),
        "rewrites": sorted(statement.rewrites),
        "transactional": statement.transactional,
        "destroys": list(statement.destroys),
        "restricts": list(statement.restricts),
        "creates": sorted(statement.creates),
    }


def _relations(statements: Iterable[Statement], facts: Facts) -> dict[str, object]:
    locked = sorted({name for statement in statements for name in statement.locks})
    known = {name: facts.relations[name] for name in locked if name in facts.relations}
    return {n: {"kind": r.kind, "rows": r.rows, "bytes": r.size} for n, r in known.items()}


def _row(row: RevisionStatus) -> dict[str, object]:
    return {
        "revision": row.revision,
        "message": row.message,
        "path": row.path or None,
        "down_revisions": list(row.down_revisions),
        "current": row.is_current,
        "head": row.is_head,
        "legacy": row.legacy,
        "missing": row.missing,
        "phases": {phase.word: _phase(status) for phase, status in row.phases.items()},
    }


def _phase(status: PhaseStatus) -> dict[str, object]:
    return {
        "state": status.state.value,
        "finished_at": status.finished_at.isoformat() if status.finished_at else None,
        "by": status.by or None,
        "steps_done": status.steps_done,
        "steps_total": status.steps_total,
        "detail": status.detail or None,
    }


def _finding(finding: Finding) -> dict[str, object]:
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "message": finding.message,
        "revision": finding.revision,
        "path": finding.path,
        "phase": finding.phase.word,
        "line": finding.line or None,
        "sql": finding.sql,
    }


def _sums(findings: Iterable[Finding]) -> dict[str, int]:
    found = [finding.severity for finding in findings]
    return {"errors": found.count(Severity.ERROR), "warnings": found.count(Severity.WARNING)}
