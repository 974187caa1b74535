"""A step could not run, or must not run yet."""

from __future__ import annotations

from typing import ClassVar

from phased.errors import PhasedError


class RunError(PhasedError):
    """A step could not run, or must not run yet."""

    exit_code: ClassVar[int] = 1
