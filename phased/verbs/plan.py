"""`phased plan [REV]`: what would run, with its price."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phased import catalog, lint, preflight, revisions
from phased.catalog.mentions import with_mentions
from phased.histories import with_capture
from phased.model import Phase
from phased.plan import build, outline
from phased.rollout import done_steps
from phased.session import watched
from phased.upgrade import is_fresh, plans_to_judge
from phased.verb import in_session, json_option, report, show
from phased.waiting import waiting_contracts

if TYPE_CHECKING:
    from argparse import ArgumentParser

    from alembic.config import Config
    from alembic.script import Script

    from phased.fact import Facts
    from phased.model import Plan
    from phased.session import Session


def plan(config: Config, revision: str | None = None, json: bool = False) -> int:  # noqa: FBT001, FBT002 # Alembic passes options by name
    """Show what would run: phase, statement, lock, table size, scan or rewrite, transaction."""

    def action(session: Session) -> int:
        revisions.refuse_ahead(session)
        facts = catalog.read(session.watch)
        contracts, upgrades = _waiting(session, facts, revision), _pending(session, facts, revision)
        judged = plans_to_judge(session, upgrades, facts)
        fresh = is_fresh(session, [plan.revision for plan in upgrades])
        findings = lint.judge(judged, facts, fresh=fresh)
        done = done_steps(watched(session).read())
        shown = [with_mentions(session.watch, one, facts) for one in contracts + upgrades]
        show(report(json=json).plans(shown, findings, facts, done))
        preflight.check(session.watch, _scripts(session, revision), upgrades, facts, session.notify)
        return 1 if lint.errors(findings) else 0

    return in_session(config, action)


def arguments(parser: ArgumentParser) -> None:
    """The options of `phased plan`."""
    parser.add_argument("revision", nargs="?", help="Up to this revision; all by default.")
    json_option(parser)


def _pending(session: Session, facts: Facts, revision: str | None) -> list[Plan]:
    history = revisions.every(session.script)
    scripts = _scripts(session, revision)
    wanted = {script.revision for script in scripts}
    return with_capture(session, history, scripts, facts, wanted)


def _scripts(session: Session, revision: str | None) -> list[Script]:
    return revisions.between(session.script, revisions.heads(session), revision or "heads")


def _waiting(session: Session, facts: Facts, revision: str | None) -> list[Plan]:
    """Contracts of what is applied, only those steps; one revision's where one is named."""
    scripts = waiting_contracts(session)
    if revision:
        wanted = revisions.one(session.script, revision).revision
        scripts = [script for script in scripts if script.revision == wanted]
    plans = [build(script, facts)[0] for script in scripts]
    return [
        outline(script, one.phase(Phase.CONTRACT))
        for script, one in zip(scripts, plans, strict=True)
    ]
