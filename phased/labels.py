"""Labels of an enum that are others in the models: which become which, as SQL."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from phased.naming import PLACEHOLDER
from phased.operation import literal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclass(frozen=True, slots=True)
class Moves:
    """What becomes of labels that only one side has.

    Attributes:
        removed: Labels that the models no longer have.
        added: Labels that only the models have.
        up: Removed label to what its rows get; `PLACEHOLDER` where nobody knows.
        down: Added label to what old code reads; `PLACEHOLDER` where nobody knows.
    """

    removed: tuple[str, ...]
    added: tuple[str, ...]
    up: Mapping[str, str]
    down: Mapping[str, str]

    @property
    def renamed(self) -> bool:
        """Whether one label is taken for the new name of another."""
        return len(self.removed) == len(self.added) == 1

    @property
    def open(self) -> bool:
        """Whether somebody has to say what becomes of a label."""
        return bool(self.removed) and not self.renamed


def moves(old: Sequence[str], new: Sequence[str]) -> Moves:
    """What is gone and what came; one of each is taken for a rename.

    Labels that only came have no place in the old type: there they are refused.
    """
    removed = tuple(label for label in old if label not in new)
    added = tuple(label for label in new if label not in old)
    if len(removed) == len(added) == 1:
        return Moves(removed, added, {removed[0]: added[0]}, {added[0]: removed[0]})
    down = dict.fromkeys(added, PLACEHOLDER) if removed else {}
    return Moves(removed, added, dict.fromkeys(removed, PLACEHOLDER), down)


def moved(column: str, pairs: Mapping[str, str], enum: str, *, array: bool = False) -> str:
    """A column with some labels as others, of another enum type.

    Args:
        column: For SQL.
        pairs: Label to label.
        enum: The other type, for SQL.
        array: The column holds arrays of labels.
    """
    if array:
        text = f"{column}::text[]"
        for one, other in pairs.items():
            text = f"array_replace({text}, {literal(one)}, {literal(other)})"
        return f"{text}::{enum}[]"
    if not pairs:
        return f"{column}::text::{enum}"
    when = " ".join(f"WHEN {literal(one)} THEN {literal(o)}" for one, o in pairs.items())
    return f"(CASE {column}::text {when} ELSE {column}::text END)::{enum}"
