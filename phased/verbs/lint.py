"""`phased lint [REV]`: judge revision files, without a database wherever that can be done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory

from phased import lint as judging
from phased import revisions
from phased.fact import Facts
from phased.histories import plans_of, with_capture
from phased.settings import Settings
from phased.verb import in_session, json_option, report, show

if TYPE_CHECKING:
    from argparse import ArgumentParser

    from alembic.config import Config
    from alembic.script import Script

    from phased.model import Plan
    from phased.session import Session


def lint(config: Config, revision: str | None = None, json: bool = False) -> int:  # noqa: FBT001, FBT002 # Alembic passes options by name
    """Judge revision files by the rules; exit 1 on an error."""
    script = ScriptDirectory.from_config(config)
    history = revisions.every(script)
    wanted = _wanted(script, history, revision)
    plans = _plans(config, script, history, wanted)
    found = [one for one in judging.judge(plans, Facts()) if one.revision in wanted]
    show(report(json=json).findings(found))
    return 1 if judging.errors(found) else 0


def arguments(parser: ArgumentParser) -> None:
    """The options of `phased lint`."""
    parser.add_argument("revision", nargs="?", help="Only this revision; all by default.")
    json_option(parser)


def _wanted(script: ScriptDirectory, history: list[Script], revision: str | None) -> set[str]:
    """All but what was applied before phased was adopted; one revision where it is named."""
    exempt = revisions.up_to(script, Settings().start_after)
    named = [revisions.one(script, revision)] if revision else history
    return {one.revision for one in named} - exempt


def _plans(
    config: Config, script: ScriptDirectory, history: list[Script], wanted: set[str]
) -> list[Plan]:
    with EnvironmentContext(config, script):  # files may ask `alembic.context`
        plans, unknown = plans_of(history, Facts())
    if wanted.isdisjoint(one.revision for one in unknown):
        return plans
    return _on_scratch(config, history, wanted)


def _on_scratch(config: Config, history: list[Script], wanted: set[str]) -> list[Plan]:
    def action(session: Session) -> list[Plan]:
        return with_capture(session, history, history, Facts(), wanted)

    return in_session(config, action)
