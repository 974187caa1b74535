"""Names in a parse tree as regclass prints them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phased.facts.questions import named
from phased.syntax.tree import kind, strings, walk

if TYPE_CHECKING:
    from phased.fact import Facts
    from phased.syntax.tree import Node


def of(range_var: Node, facts: Facts) -> str:
    """The name of a RangeVar."""
    return named(facts, range_var.relname, range_var.schemaname or None)


def of_new(range_var: Node, facts: Facts) -> str:
    """The name of a relation that is about to be created."""
    schema = range_var.schemaname or next(iter(facts.search_path), facts.schema)
    return named(facts, range_var.relname, schema)


def of_strings(parts: list[str], facts: Facts) -> str:
    """The name in a list of strings: ``[schema, name]`` or ``[name]``."""
    return named(facts, parts[-1], parts[-2] if len(parts) > 1 else None)


def of_object(node: Node, facts: Facts) -> str:
    """The name of an object in DROP, COMMENT and the like: a list, a string, a type, a function."""
    which = node.WhichOneof("node")
    if which == "list":
        return of_strings(strings(node.list.items), facts)
    if which == "type_name":
        return of_strings(strings(node.type_name.names), facts)
    if which == "object_with_args":
        return of_strings(strings(node.object_with_args.objname), facts)
    return of_strings([node.string.sval], facts)


def tables(node: Node, facts: Facts) -> frozenset[str]:
    """Every relation that a query names, CTEs left out."""
    hidden = {item.ctename for item in walk(node) if kind(item) == "CommonTableExpr"}
    return frozenset(
        of(item, facts)
        for item in walk(node)
        if kind(item) == "RangeVar" and (item.schemaname or item.relname not in hidden)
    )
