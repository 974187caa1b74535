"""A revision file cannot be used as it is."""

from __future__ import annotations

from phased.errors import PhasedError


class RevisionError(PhasedError):
    """A revision file cannot be used as it is."""
