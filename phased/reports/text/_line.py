"""Styled lines: put side by side, flowed to the width, stacked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from phased.wording import wrap

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

WIDTH = 100
DOT = (" · ", "dim")


def stack(lines: Iterable[Text]) -> Text:
    """One line under the other."""
    return Text("\n").join(lines)


def hang(first: Text, rest: Text, text: str, style: str = "") -> list[Text]:
    """A paragraph behind a margin: one margin for its first line, one for the others."""
    lines = wrap(text, WIDTH - len(first)) or [""]
    hung = [Text.assemble(rest if n else first, (line, style)) for n, line in enumerate(lines)]
    for line in hung:
        line.rstrip()
    return hung


def flow(margin: Text, parts: Sequence[Text]) -> list[Text]:
    """The parts behind a margin with dots between them, a new line where they do not fit."""
    lines: list[Text] = []
    for part in parts:
        if lines and len(lines[-1]) + len(part) + len(DOT[0]) <= WIDTH:
            lines[-1] = Text.assemble(lines[-1], DOT, part)
        else:
            lines.append(Text.assemble(margin, part))
    return lines
