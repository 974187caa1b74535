"""The models, their metadata or their hints cannot be turned into a revision."""

from __future__ import annotations

from phased.errors import PhasedError


class ModelError(PhasedError):
    """The models, their metadata or their hints cannot be turned into a revision."""
