"""Find the things in a folder of things by file name."""

from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import ModuleType


def modules(package: ModuleType) -> list[ModuleType]:
    """Every module directly inside a package, imported, in the order of their names."""
    names = sorted(info.name for info in pkgutil.iter_modules(package.__path__))
    return [importlib.import_module(f"{package.__name__}.{name}") for name in names]
