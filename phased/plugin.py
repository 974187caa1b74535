"""The ``alembic.plugins`` entry point: names our comparators, imports them on first use."""

from __future__ import annotations

import sys
from functools import cache, partial
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from alembic.runtime.plugins import Plugin
    from alembic.util import PriorityDispatchResult


class _PluginModule(ModuleType):
    """This module: Alembic wants one, and up to 1.18 wants to iterate over it to find it."""

    def __iter__(self) -> Iterator[ModuleType]:
        yield self


sys.modules[__name__].__class__ = _PluginModule

# Alembic's own targets and elements: the first to answer STOP for an element is its authority.
ELEMENTS = (
    ("autogenerate", "phased"),
    ("schema", "phased"),
    ("table", "phased"),
    ("table", "indexes"),
    ("table", "foreignkeys"),
    ("column", "types"),
    ("column", "server_default"),
)


def setup(plugin: Plugin) -> None:
    """Called at the first import of anything in Alembic, in every process: do next to nothing."""
    from alembic.util import DispatchPriority

    for target, element in ELEMENTS:
        plugin.add_autogenerate_comparator(
            partial(_compare, target, element),
            target,
            element,
            qualifier="postgresql",
            priority=DispatchPriority.FIRST,
        )


def _compare(target: str, element: str, *arguments: object) -> PriorityDispatchResult:
    from phased.comparator import compare

    return compare(_comparators(), target, element, *arguments)


@cache
def _comparators() -> list[ModuleType]:
    from phased import comparators
    from phased.discovery import modules

    return modules(comparators)
