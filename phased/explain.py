"""Why a recipe or a rule is as it is: its docstring, found by name."""

from __future__ import annotations

import difflib
import importlib
import inspect
import pkgutil
from typing import TYPE_CHECKING

from phased import recipes, rules
from phased.errors.judgement import UnknownName

if TYPE_CHECKING:
    from types import ModuleType

_ALONE = ("phased.waiver",)


def explain(name: str) -> str:
    """The docstring of a recipe or rule.

    Args:
        name: ``set_not_null``, ``scan_under_blocking_lock``.

    Raises:
        UnknownName: Neither a recipe nor a rule has it.
    """
    paths = _paths()
    if name not in paths:
        raise UnknownName(name=name, guess=_guess(name, paths))
    return inspect.cleandoc(importlib.import_module(paths[name]).__doc__ or "")


def names() -> list[str]:
    """Every name that ``explain`` knows, in alphabetical order."""
    return sorted(_paths())


def _paths() -> dict[str, str]:
    found = [*_inside(recipes), *_inside(rules), *_ALONE]
    return {path.rpartition(".")[2]: path for path in found}


def _inside(package: ModuleType) -> list[str]:
    return [f"{package.__name__}.{info.name}" for info in pkgutil.iter_modules(package.__path__)]


def _guess(name: str, known: dict[str, str]) -> str:
    near = difflib.get_close_matches(name.replace("-", "_"), sorted(known), n=3, cutoff=0.5)
    return f" Did you mean {' or '.join(near)}?" if near else ""
