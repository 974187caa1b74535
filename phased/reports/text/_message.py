"""Last lines: what a command did, and what went wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from alembic.util import CommandError


def outcome(verb: str, revisions: Sequence[str], detail: str = "") -> Text:
    """``✓ contracted 3f2a9c1b7d04``, or ``· nothing contracted: …``."""
    ids = Text(", ").join(Text(revision, "bold cyan") for revision in revisions)
    tail = Text(f": {detail}" if detail else "")
    if not revisions:
        return Text.assemble(("·", "dim"), f" nothing {verb}", tail)
    return Text.assemble(("✓", "bold green"), f" {verb} ", ids, tail)


def error(error: CommandError) -> Text:
    """``error:`` and the message as it is."""
    return Text.assemble(("error", "bold red"), (":", "bold"), " ", str(error))
