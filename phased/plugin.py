"""The ``alembic.plugins`` entry point: names our comparators, imports them on first use."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from alembic.runtime.plugins import Plugin


def setup(plugin: Plugin) -> None:
    """Called at the first import of anything in Alembic, in every process: do next to nothing."""
    del plugin
