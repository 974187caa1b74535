"""All revisions as plans, for `lint`: recorded, or run on a scratch database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phased import revisions
from phased.errors.revisions import AsksForConnection
from phased.model import Facts
from phased.plan import build, is_legacy, outline

if TYPE_CHECKING:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    from phased.model import Plan


def plans_without_database(config: Config, script: ScriptDirectory) -> list[Plan]:
    """The plan of every revision, oldest first."""
    plans, facts = [], Facts()
    for one in revisions.every(script):
        try:
            plan, facts = build(one, facts)
        except AsksForConnection:
            if not is_legacy(one.module):
                raise
            plan = outline(one)
        plans.append(plan)
    return plans
