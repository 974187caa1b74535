"""`phased status`: every revision and its phases; reads only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phased.overview import overview
from phased.verb import in_session, json_option, report, show

if TYPE_CHECKING:
    from argparse import ArgumentParser

    from alembic.config import Config

    from phased.session import Session


def status(config: Config, json: bool = False, check: bool = False) -> int:  # noqa: FBT001, FBT002 # Alembic passes options by name
    """Show every revision and how far its phases have come; never writes."""

    def action(session: Session) -> int:
        rows = overview(session)
        show(report(json=json).status(rows))
        pending = any(state.state != "done" for row in rows for state in row.phases.values())
        return 1 if check and pending else 0

    return in_session(config, action)


def arguments(parser: ArgumentParser) -> None:
    """The options of `phased status`."""
    json_option(parser)
    parser.add_argument("--check", action="store_true", help="Exit 1 when anything is pending.")
