"""Contracts that have not run. Every upgrade asks, so it is one small query where none waits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phased import revisions
from phased.session import watched

if TYPE_CHECKING:
    from alembic.script import Script

    from phased.session import Session


def waiting_contracts(session: Session) -> list[Script]:
    """Applied revisions whose contract has not run, oldest first."""
    open_ones = watched(session).uncontracted()
    if not open_ones:
        return []
    applied = revisions.applied(session.script, revisions.heads(session))
    return [session.script.get_revision(one) for one in applied if one in open_ones]
