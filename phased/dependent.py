"""What hangs on a column and is not in the models: a grant, a statistics target, a view."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from phased.model import Phase


@dataclass(frozen=True, slots=True)
class Dependent:
    """One thing that the new columns need as the old ones have it.

    Attributes:
        what: For people: ``view recent_users``.
        phase: When its SQL runs: EXPAND with the new columns, BACKFILL after they are filled,
            CONTRACT before the old ones are dropped.
        sql: What makes it for the new columns; empty where it cannot be carried over.
        back: What gives it to the old columns again, on the way down; empty where nothing has to.
        undo: For each of ``sql`` what takes it back while the old columns are there; empty where
            dropping the new columns does.
        reason: Why it cannot be carried over, or what is to be known where it can.
    """

    what: str
    phase: Phase
    sql: tuple[str, ...] = ()
    back: tuple[str, ...] = ()
    undo: tuple[str, ...] = ()
    reason: str = ""
