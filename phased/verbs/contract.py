"""`phased contract [REV]`: the deploy has finished, no older release is running."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phased import contract as contracts
from phased.gate import Asked
from phased.verb import in_session, json_option, report, show

if TYPE_CHECKING:
    from argparse import ArgumentParser

    from alembic.config import Config


def contract(config: Config, revision: str | None = None, json: bool = False) -> int:  # noqa: FBT001, FBT002 # Alembic passes options by name
    """Restrict and remove what is pending: say that no older release is running."""
    done = in_session(
        config, lambda session: contracts.contract(session, Asked.USER, revision), changes=True
    )
    nothing = f"the contract of {revision} is done" if revision else "no contract is pending"
    detail = "" if done else nothing
    show(report(json=json).outcome("contracted", done, detail))
    return 0


def arguments(parser: ArgumentParser) -> None:
    """The options of `phased contract`."""
    parser.add_argument("revision", nargs="?", help="Only this revision; all pending by default.")
    json_option(parser)
