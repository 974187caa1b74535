"""Conversions between two types that need no explanation: filled in, and shown in the revision."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlalchemy import Column

    from phased.fact import Facts


@dataclass(frozen=True, slots=True)
class Conversion:
    """How a new column is made from an old one, and the old one from the new one; SQL."""

    up: str
    down: str


def obvious(old: Column[Any], new: Column[Any], facts: Facts) -> Conversion | None:
    """The conversion between two columns whose types leave no doubt; None where they do.

    Args:
        old: The database's column.
        new: The models' column.
        facts: The database.
    """
    del old, new, facts
    return None
