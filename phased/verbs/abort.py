"""`phased abort REV`: take back an expand that has not been contracted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alembic import command

from phased import abort as aborting
from phased import revisions
from phased.session import ABORTED
from phased.verb import in_session, json_option, report, show

if TYPE_CHECKING:
    from argparse import ArgumentParser

    from alembic.config import Config

    from phased.session import Session


def abort(config: Config, revision: str, json: bool = False) -> int:  # noqa: FBT001, FBT002 # Alembic passes options by name
    """Take back what an expand added, as long as it has not been contracted."""
    target = in_session(config, lambda session: _refuse_or_look(session, revision))
    if target:
        done = target.partition("@")[0]
        config.attributes[ABORTED] = done
        command.downgrade(config, target)
    else:
        done = in_session(config, lambda session: aborting.abort(session, revision), changes=True)
    detail = "" if done else f"nothing of {revision} has been applied"
    show(report(json=json).outcome("aborted", [done] if done else [], detail))
    return 0


def arguments(parser: ArgumentParser) -> None:
    """The options of `phased abort`."""
    json_option(parser)


def _refuse_or_look(session: Session, revision: str) -> str:
    """What to downgrade to, on the branch of the revision alone; empty when it is no head."""
    aborting.refuse_abort(session, revision)
    script = revisions.one(session.script, revision)
    if script.revision not in revisions.heads(session):
        return ""
    return f"{script.revision}@{aborting.before(script)}"
