"""A limit of rows per second, `backfill_rate`: for a server that has other things to do."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from phased.throttle import Pause

if TYPE_CHECKING:
    from phased.throttle import Look

ASKS = False


def pause(look: Look) -> Pause | None:
    """Until the rows of the last batch are paid for."""
    left = look.free_at - time.monotonic()
    if not look.rate or left <= 0:
        return None
    return Pause(f"held to {look.rate:,} rows/s", seconds=left)
