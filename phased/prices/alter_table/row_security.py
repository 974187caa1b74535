"""ROW LEVEL SECURITY: only the catalog changes, but rows disappear from old code's sight."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phased.facts import questions
from phased.model import Lock
from phased.price import Price
from phased.syntax.tree import enum

if TYPE_CHECKING:
    from phased.fact import Facts
    from phased.syntax.tree import Node
    from phased.target import Target

_RESTRICTING = {
    "AT_EnableRowSecurity": "ENABLE ROW LEVEL SECURITY",
    "AT_ForceRowSecurity": "FORCE ROW LEVEL SECURITY",
}
COMMANDS = (*_RESTRICTING, "AT_DisableRowSecurity", "AT_NoForceRowSecurity")


def price(command: Node, target: Target, facts: Facts) -> Price:
    """The price of switching row level security on or off."""
    word = _RESTRICTING.get(enum(command, "subtype"))
    hides = word is not None and not questions.is_new(facts, target.name)
    return Price(
        locks=target.alone(Lock.ACCESS_EXCLUSIVE),
        restricts=(f"{target.name} {word}",) if hides else (),
    )
