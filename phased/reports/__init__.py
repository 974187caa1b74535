"""Output formats, one per file, found by name."""

from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from phased.report import Report


def names() -> list[str]:
    """The formats there are."""
    return sorted(info.name for info in pkgutil.iter_modules(__path__))


def named(name: str) -> Report:
    """The format of that name: ``text``, ``json``.

    Raises:
        ModuleNotFoundError: There is none.
    """
    return cast("Report", importlib.import_module(f"{__name__}.{name}"))
