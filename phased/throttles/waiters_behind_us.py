"""Sessions that wait for rows that we have locked: they get as long as our batch took."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phased.throttle import Pause

if TYPE_CHECKING:
    from phased.throttle import Look

ASKS = False


def pause(look: Look) -> Pause | None:
    """Once after each batch that somebody has waited for."""
    if not look.waiters:
        return None
    first, *more = look.waiters
    look.waiters = []
    others = f" and {len(more)} more" if more else ""
    return Pause(f"{first}{others} waited for rows of the last batch", seconds=look.took)
