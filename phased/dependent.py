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
        back: What takes it back on the way down; empty where dropping the new columns does.
        reason: Why it cannot be carried over; empty where it can.
    """

    what: str
    phase: Phase
    sql: tuple[str, ...] = ()
    back: tuple[str, ...] = ()
    reason: str = ""
