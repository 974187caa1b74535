"""CREATE FUNCTION and PROCEDURE: nothing waits; what the body does happens when it is called."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from phased.price import Price
from phased.syntax.tree import strings
from phased.syntax.volatility import of_function

if TYPE_CHECKING:
    from phased.fact import Facts
    from phased.syntax.tree import Node

NODES = ("create_function_stmt", "alter_function_stmt")


def price(node: Node, facts: Facts) -> Price:
    """The price of CREATE and ALTER FUNCTION."""
    del facts  # no relation is touched
    if not hasattr(node, "funcname"):
        return Price("ALTER FUNCTION")
    return Price("CREATE PROCEDURE" if node.is_procedure else "CREATE FUNCTION")


def evolve(node: Node, facts: Facts) -> Facts:
    """The facts with what is known of the function's volatility."""
    if not hasattr(node, "funcname"):
        return facts
    name = strings(node.funcname)[-1]
    if of_function(node):
        return replace(facts, volatile=facts.volatile | {name}, steady=facts.steady - {name})
    return replace(facts, volatile=facts.volatile - {name}, steady=facts.steady | {name})
