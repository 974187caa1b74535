"""Read-only questions to the database: facts for prices, emptiness, the shape of a whole schema."""

from __future__ import annotations

from phased.catalog.facts import is_empty, read
from phased.catalog.shape import shape

__all__ = ["is_empty", "read", "shape"]
