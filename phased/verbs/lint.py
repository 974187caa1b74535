"""`phased lint [REV]`: judge revision files, without a database wherever that can be done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alembic.script import ScriptDirectory

from phased import lint as judging
from phased import revisions
from phased.histories import plans_without_database
from phased.model import Facts
from phased.settings import Settings
from phased.verb import json_option, report, show

if TYPE_CHECKING:
    from argparse import ArgumentParser

    from alembic.config import Config


def lint(config: Config, revision: str | None = None, json: bool = False) -> int:  # noqa: FBT001, FBT002 # Alembic passes options by name
    """Judge revision files by the rules; exit 1 on an error."""
    script = ScriptDirectory.from_config(config)
    plans = plans_without_database(config, script)
    exempt = revisions.up_to(script, Settings().start_after)
    wanted = {revisions.one(script, revision).revision} if revision else None
    findings = [
        finding
        for finding in judging.judge(plans, Facts())
        if finding.revision not in exempt and (wanted is None or finding.revision in wanted)
    ]
    show(report(json=json).findings(findings))
    return 1 if judging.errors(findings) else 0


def arguments(parser: ArgumentParser) -> None:
    """The options of `phased lint`."""
    parser.add_argument("revision", nargs="?", help="Only this revision; all by default.")
    json_option(parser)
