"""ENABLE and DISABLE TRIGGER block writes; for a RULE they stop reads too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phased.model import Lock
from phased.price import Price
from phased.syntax.tree import enum

if TYPE_CHECKING:
    from phased.fact import Facts
    from phased.syntax.tree import Node
    from phased.target import Target

_TRIGGERS = (
    "AT_EnableTrig",
    "AT_EnableAlwaysTrig",
    "AT_EnableReplicaTrig",
    "AT_DisableTrig",
    "AT_EnableTrigAll",
    "AT_DisableTrigAll",
    "AT_EnableTrigUser",
    "AT_DisableTrigUser",
)
_RULES = ("AT_EnableRule", "AT_EnableAlwaysRule", "AT_EnableReplicaRule", "AT_DisableRule")
COMMANDS = (*_TRIGGERS, *_RULES)


def price(command: Node, target: Target, facts: Facts) -> Price:
    """The price of switching a trigger or a rule on or off."""
    del facts  # costs the same on every table
    if enum(command, "subtype") in _RULES:
        return Price(locks=target.alone(Lock.ACCESS_EXCLUSIVE))
    return Price(locks=target.cascading(Lock.SHARE_ROW_EXCLUSIVE))
