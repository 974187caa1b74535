"""An old snapshot: nothing that we leave behind can be cleared away, so the table would swell.

Source: https://www.postgresql.org/docs/current/routine-vacuuming.html#VACUUM-FOR-SPACE-RECOVERY
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from phased.throttle import Pause
from phased.wording import duration

if TYPE_CHECKING:
    from phased.throttle import Look

ASKS = True
OLDEST = """
SELECT pid, coalesce(application_name, ''), coalesce(state, ''),
    extract(epoch FROM clock_timestamp() - xact_start)::float8
FROM pg_stat_activity
WHERE backend_xmin IS NOT NULL AND datname = current_database() AND pid <> pg_backend_pid()
    AND pid <> ALL(%(own)s) AND backend_type = 'client backend'
    AND query !~* '^\\s*(vacuum|analyze)\\M'
    AND clock_timestamp() - xact_start > %(allowed)s
ORDER BY xact_start LIMIT 1
"""


def pause(look: Look) -> Pause | None:
    """While a transaction is older than `max_snapshot_age`."""
    allowed = look.settings.max_snapshot_age
    facts = {"own": look.own, "allowed": allowed}
    oldest = look.connection.execute(OLDEST, facts).fetchone()
    if oldest is None:
        return None
    pid, application, state, age = oldest
    who = f"pid {pid}" + (f" ({application})" if application else "")
    held = f"{who}, {state or 'in a transaction'}, has held a snapshot for {duration(age)}"
    reason = f"{held}, max_snapshot_age is {duration(allowed.total_seconds())}"
    return Pause(reason, patience=look.settings.backfill_patience.total_seconds())
