"""`phased lint [REV]`: judge revision files, without a database wherever that can be done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alembic.script import ScriptDirectory

from phased import lint as judging
from phased import revisions
from phased.histories import plans_of, with_capture
from phased.model import Facts
from phased.settings import Settings
from phased.verb import in_session, json_option, report, show

if TYPE_CHECKING:
    from argparse import ArgumentParser

    from alembic.config import Config
    from alembic.script import Script

    from phased.model import Finding, Plan
    from phased.session import Session


def lint(config: Config, revision: str | None = None, json: bool = False) -> int:  # noqa: FBT001, FBT002 # Alembic passes options by name
    """Judge revision files by the rules; exit 1 on an error."""
    script = ScriptDirectory.from_config(config)
    findings = _chosen(script, judging.judge(_plans(config, script), Facts()), revision)
    show(report(json=json).findings(findings))
    return 1 if judging.errors(findings) else 0


def arguments(parser: ArgumentParser) -> None:
    """The options of `phased lint`."""
    parser.add_argument("revision", nargs="?", help="Only this revision; all by default.")
    json_option(parser)


def _plans(config: Config, script: ScriptDirectory) -> list[Plan]:
    history = revisions.every(script)
    plans, unknown = plans_of(history, Facts())
    return _on_scratch(config, history) if unknown else plans


def _on_scratch(config: Config, history: list[Script]) -> list[Plan]:
    def action(session: Session) -> list[Plan]:
        engine = session.connection.engine
        return with_capture(lambda: engine, history, history, Facts(), session.notify)

    return in_session(config, action)


def _chosen(
    script: ScriptDirectory, findings: list[Finding], revision: str | None
) -> list[Finding]:
    """Without what was applied before phased was adopted; one revision's where it is named."""
    exempt = revisions.up_to(script, Settings().start_after)
    wanted = {revisions.one(script, revision).revision} if revision else None
    return [
        finding
        for finding in findings
        if finding.revision not in exempt and (wanted is None or finding.revision in wanted)
    ]
