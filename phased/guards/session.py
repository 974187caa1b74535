"""A step leaves the session as it found it: search path, role and timeouts do not leak."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from phased.guard import Run
    from phased.model import Step

ORDER = 10
SETTINGS = ("search_path", "role", "lock_timeout", "statement_timeout", "TimeZone")


def guard(call_next: Callable[[], None], step: Step, run: Run) -> None:
    """Run the step, then put back every setting that it changed."""
    del step
    before = _settings(run)
    call_next()
    changed = {name: value for name, value in before.items() if _settings(run)[name] != value}
    for name, value in changed.items():
        run.connection.execute("SELECT set_config(%s, %s, false)", (name, value))


def _settings(run: Run) -> dict[str, str]:
    row = run.connection.execute(
        f"SELECT {', '.join(f'current_setting({name!r})' for name in SETTINGS)}"
    ).fetchone()
    return dict(zip(SETTINGS, row or (), strict=True))
