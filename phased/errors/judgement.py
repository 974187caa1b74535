"""A revision breaks a rule, or a waiver is not valid."""

from __future__ import annotations

from typing import ClassVar

from phased.errors import PhasedError


class JudgementError(PhasedError):
    """A revision breaks a rule, or a waiver is not valid."""

    exit_code: ClassVar[int] = 1
