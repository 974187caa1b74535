"""Autovacuum at the same table: what it frees is room for our rows.

It may take hours on a large table, so it is waited for no longer than `autovacuum_patience`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from phased.throttle import Pause

if TYPE_CHECKING:
    from phased.throttle import Look

ASKS = True
AT_WORK = """
SELECT a.pid, p.relid::regclass::text, p.phase
FROM pg_stat_progress_vacuum p JOIN pg_stat_activity a USING (pid)
WHERE p.datname = current_database() AND a.backend_type = 'autovacuum worker'
    AND p.relid IN (SELECT to_regclass(name) FROM unnest(%s::text[]) AS leaf (name))
ORDER BY 1 LIMIT 1
"""


def pause(look: Look) -> Pause | None:
    """While it is at one of the tables that are being filled."""
    found = look.connection.execute(AT_WORK, (look.leaves,)).fetchone()
    if found is None:
        return None
    pid, table, phase = found
    reason = f"autovacuum (pid {pid}) is at {table}: {phase}"
    return Pause(reason, patience=look.settings.autovacuum_patience.total_seconds())
