"""A comment in a revision file: an operation that runs nothing."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

from alembic.autogenerate import renderers
from alembic.operations import MigrateOperation, Operations

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext

WIDTH = 92


class NoteOp(MigrateOperation):
    """What a recipe wants the reader of the revision to know; empty text says nothing.

    Autogenerate writes it only beside an operation that runs something.
    """

    def __init__(self, text: str = "") -> None:
        self.text = text

    def reverse(self) -> NoteOp:
        """Silence."""
        return NoteOp()

    def to_diff_tuple(self) -> tuple[Any, ...]:
        """For ``alembic check``."""
        return ("note", self.text)


@Operations.implementation_for(NoteOp)
def _run(_operations: Operations, _operation: NoteOp) -> None:
    """Nothing to run."""


@renderers.dispatch_for(NoteOp)
def _render(_context: AutogenContext, operation: NoteOp) -> list[str]:
    lines = operation.text.splitlines()
    return [f"# {line}" for each in lines for line in textwrap.wrap(each, WIDTH)]
