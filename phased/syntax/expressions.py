"""What an expression reads, and what a CHECK proves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phased.syntax.tree import enum, inner, kind, strings, walk

if TYPE_CHECKING:
    from phased.syntax.tree import Node

# An expression without these is NULL, so a CHECK on it passes, when all its columns are NULL.
_SEES_NULL = frozenset({"NullTest", "CoalesceExpr", "CaseExpr", "BooleanTest", "SubLink"})
_COUNTS_NULL = frozenset({"num_nulls", "num_nonnulls", "concat", "concat_ws", "jsonb_build_object"})
_CALLS = frozenset({"FuncCall"})


def columns(node: Node) -> tuple[str, ...]:
    """The columns that an expression names, unquoted, in the order they appear."""
    found = (
        strings(item.fields)[-1]
        for item in walk(node)
        if kind(item) == "ColumnRef" and item.fields[-1].WhichOneof("node") == "string"
    )
    return tuple(dict.fromkeys(found))


def not_null_conjuncts(node: Node) -> frozenset[str]:
    """Columns with a conjunct ``c IS NOT NULL`` of their own; what SET NOT NULL looks for."""
    held = inner(node)
    if held is None:
        return frozenset()
    if kind(held) == "BoolExpr" and enum(held, "boolop") == "AND_EXPR":
        return frozenset().union(*(not_null_conjuncts(arg) for arg in held.args))
    if kind(held) == "NullTest" and enum(held, "nulltesttype") == "IS_NOT_NULL":
        return frozenset(columns(held.arg)) if held.arg.HasField("column_ref") else frozenset()
    return frozenset()


def passes_null(node: Node) -> bool:
    """Whether a CHECK surely passes where all of its columns are NULL."""
    return not any(_sees_null(item) for item in walk(node))


def _sees_null(item: Node) -> bool:
    name = kind(item)
    if name == "A_Expr":
        return "DISTINCT" in enum(item, "kind")
    return name in _SEES_NULL or (name in _CALLS and strings(item.funcname)[-1] in _COUNTS_NULL)


def is_null(node: Node) -> bool:
    """Whether an expression is the constant NULL, cast or not."""
    held = inner(node)
    if held is not None and kind(held) == "TypeCast":
        return is_null(held.arg)
    return held is not None and kind(held) == "A_Const" and held.isnull
