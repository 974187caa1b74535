"""CREATE TYPE, ALTER TYPE … ADD VALUE and the like: no relation is touched."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phased.price import Price
from phased.syntax import names
from phased.syntax.tree import strings

if TYPE_CHECKING:
    from phased.fact import Facts
    from phased.syntax.tree import Node

NODES = (
    "create_enum_stmt",
    "create_range_stmt",
    "composite_type_stmt",
    "alter_enum_stmt",
    "alter_type_stmt",
    "define_stmt",
)


def price(node: Node, facts: Facts) -> Price:
    """The price of CREATE TYPE and ALTER TYPE."""
    if hasattr(node, "new_val"):
        return _enum(node, facts)
    if hasattr(node, "typevar"):
        return Price("CREATE TYPE", creates=frozenset({names.of(node.typevar, facts)}))
    if hasattr(node, "defnames"):
        return Price("CREATE", creates=frozenset({names.of_strings(strings(node.defnames), facts)}))
    name = names.of_strings(strings(node.type_name), facts)
    creates = hasattr(node, "vals") or hasattr(node, "params")
    return Price(
        "CREATE TYPE" if creates else "ALTER TYPE",
        creates=frozenset({name} if creates else ()),
    )


def _enum(node: Node, facts: Facts) -> Price:
    """A value that is renamed is one that old code still writes."""
    name = names.of_strings(strings(node.type_name), facts)
    if not node.old_val:
        return Price("ALTER TYPE ADD VALUE")
    quiet = name in facts.created
    renamed = f"type {name} RENAME VALUE '{node.old_val}' TO '{node.new_val}'"
    return Price("ALTER TYPE RENAME VALUE", restricts=() if quiet else (renamed,))
