"""What Alembic finds in a phased file where it looks for `upgrade` and `downgrade`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from alembic.script import Script


def stand_in(scripts: Iterable[Script]) -> None:
    """Give every file both to begin with: Alembic looks for them before it asks us."""
    for script in scripts:
        for name in ("upgrade", "downgrade"):
            if not hasattr(script.module, name):
                install(script, _unprepared, name)


def install(script: Script, function: Callable[..., None], name: str = "upgrade") -> None:
    """Put a function of ours where Alembic will call it."""
    function.phased = True  # type: ignore[attr-defined] # so that it is not taken for the file's own
    setattr(cast("Any", script.module), name, function)


def own_downgrade(script: Script) -> Callable[..., None] | None:
    """What the file itself has as `downgrade()`."""
    found: Callable[..., None] | None = getattr(script.module, "downgrade", None)
    return None if getattr(found, "phased", False) else found


def _unprepared(**_: object) -> None:
    raise RuntimeError("a revision was run that had not been checked")
