"""Replicas that fall behind: what reads from them would read old rows.

A standby that is fed by cascade, or that is not connected, is not seen here. Reading the lag takes
a superuser or a member of ``pg_monitor``.
Source: https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-REPLICATION-VIEW
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from phased.throttle import Pause
from phased.wording import duration

if TYPE_CHECKING:
    from phased.throttle import Look

ASKS = True
WORST = """
SELECT application_name, extract(epoch FROM replay_lag)::float8 FROM pg_stat_replication
WHERE replay_lag > %s AND replay_lsn < pg_current_wal_lsn()
ORDER BY replay_lag DESC LIMIT 1
"""


def pause(look: Look) -> Pause | None:
    """While one of them is further behind than `max_replica_lag`."""
    allowed = look.settings.max_replica_lag
    worst = look.connection.execute(WORST, (allowed,)).fetchone()
    if worst is None:
        return None
    name, lag = worst
    behind = f"replica {name or 'without a name'} is {duration(lag)} behind"
    reason = f"{behind}, max_replica_lag is {duration(allowed.total_seconds())}"
    return Pause(reason, patience=look.settings.backfill_patience.total_seconds())
