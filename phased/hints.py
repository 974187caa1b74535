"""What a model says in ``info`` about where a column came from; hints join with ``|``."""

from __future__ import annotations

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


def converted_from(*columns: str, up: str, down: str | None = None) -> dict[str, object]:
    """This column carries on what other columns hold, in another form.

    Args:
        columns: The old columns, unquoted.
        up: SQL that makes the new value from the old columns.
        down: SQL that makes the old value from the new one; None where it cannot be made.
    """
    return {CONVERTED_FROM: {"columns": columns, "up": up, "down": down}}
