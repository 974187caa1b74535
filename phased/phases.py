"""Which functions a revision file has. Looks, and imports nothing heavy: every start does it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phased.errors.revisions import NoPhases, PhasesAndUpgrade
from phased.model import Phase

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from alembic.script import Script


def is_legacy(module: ModuleType) -> bool:
    """Whether the file has `upgrade()` instead of phases."""
    return not _present(module)


def phase_functions(script: Script) -> list[tuple[Phase, Callable[[], object]]]:
    """The phase functions of a file, in order; `upgrade()` of an old one counts as expand."""
    module, found = script.module, _present(script.module)
    upgrade = getattr(module, "upgrade", None)
    written = upgrade is not None and not getattr(upgrade, "phased", False)
    if found and written:
        phases = ", ".join(f"{phase.word}()" for phase in found)
        raise PhasesAndUpgrade(path=script.path, phases=phases)
    if not found and not written:
        raise NoPhases(path=script.path)
    return [(phase, getattr(module, phase.word)) for phase in found] or [(Phase.EXPAND, upgrade)]


def _present(module: ModuleType) -> list[Phase]:
    return [phase for phase in Phase if hasattr(module, phase.word)]
