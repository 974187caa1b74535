"""What a model says in ``info`` about where a column came from; hints join with ``|``."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

RENAMED_FROM = "phased.renamed_from"
FILLED_BY = "phased.filled_by"
CONVERTED_FROM = "phased.converted_from"


def renamed_from(name: str) -> dict[str, object]:
    """This column (or table) had another name: ``info=renamed_from("username")``.

    Args:
        name: The old name, unquoted.
    """
    return {RENAMED_FROM: name}


def filled_by(expression: str) -> dict[str, object]:
    """Existing rows, and rows that old code still inserts, get this: ``info=filled_by("'en'")``.

    Args:
        expression: SQL over the same row; other columns by their names.
    """
    return {FILLED_BY: expression}


def converted_from(
    *columns: str, up: str | None = None, down: str | Sequence[str] | None = None
) -> dict[str, object]:
    """This column carries on what other columns hold, in another form.

    Where one name is split into several, each new column says its own `up`, and one of them says
    `down`.

    Args:
        columns: The old columns, unquoted.
        up: SQL that makes the new value from the old columns; None where the two types leave no
            doubt.
        down: SQL that makes the old value from the new columns, one expression for each of
            `columns`; None where the types leave no doubt.
    """
    return {CONVERTED_FROM: {"columns": columns, "up": up, "down": down}}
