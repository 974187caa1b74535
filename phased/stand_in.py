"""The function that Alembic finds in a phased file where it looks for `upgrade`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from alembic.script import Script


def stand_in(scripts: Iterable[Script]) -> None:
    """Give every phased file an `upgrade` to begin with: Alembic looks for it before it asks us."""
    for script in scripts:
        if not hasattr(script.module, "upgrade"):
            install(script, _unprepared)


def install(script: Script, function: Callable[..., None]) -> None:
    """Put a function of ours where Alembic will call it."""
    function.phased = True  # type: ignore[attr-defined] # so that it is not taken for the file's own
    cast("Any", script.module).upgrade = function


def _unprepared(**_: object) -> None:
    raise RuntimeError("a revision was run that had not been checked")
