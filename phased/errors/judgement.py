"""A revision breaks a rule, or a waiver is not valid."""

from __future__ import annotations

from typing import ClassVar

from phased.errors import PhasedError


class JudgementError(PhasedError):
    """A revision breaks a rule, or a waiver is not valid."""

    exit_code: ClassVar[int] = 1


class RulesBroken(JudgementError):
    """The rules find errors; ``findings`` has them, ``shown`` is their text."""

    message = (
        "The rules refuse what this would run: {count}. {state}\n\n{shown}\n\n"
        "`phased explain {rule}` says why. Where you know better, say so on the line of the call:"
        "\n\n    # phased: allow {rule} because <reason>"
    )


class UnknownName(PhasedError):
    """No recipe and no rule has this name; ``guess`` is empty or names the nearest ones."""

    message = (
        "There is no recipe and no rule named {name!r}.{guess}\n"
        "To see all names, type:\n\n    phased explain"
    )
