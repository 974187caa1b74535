"""A step leaves the session as it found it: search path, role and timeouts do not leak.

Inside the step's transaction, so that the ledger is written by the same role, through the same
search path, as ever.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from phased.guard import Run
    from phased.model import Step

ORDER = 55
CHANGED = """
SELECT 'session_authorization', current_setting('session_authorization'), 0
UNION ALL SELECT 'role', current_setting('role'), 1
UNION ALL SELECT name, setting, 2 FROM pg_settings WHERE source = 'session'
    AND name NOT IN ('transaction_isolation', 'transaction_read_only', 'transaction_deferrable')
ORDER BY 3, 1
"""
"""Who we are comes first: only that role may put back the rest."""
DEFAULT = "SELECT set_config(name, reset_val, false) FROM pg_settings WHERE name = %s"


def guard(call_next: Callable[[], None], step: Step, run: Run) -> None:
    """Run the step, then put back every setting that it changed."""
    del step
    before = _settings(run)
    call_next()
    for name, value in _settings(run).items():
        if name not in before:
            run.connection.execute(DEFAULT, (name,))
        elif value != before[name]:
            run.connection.execute("SELECT set_config(%s, %s, false)", (name, before[name]))


def _settings(run: Run) -> dict[str, str]:
    return {name: value for name, value, _ in run.connection.execute(CHANGED)}
