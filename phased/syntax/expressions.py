"""What an expression reads, and what a CHECK proves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import postgast
from postgast import pg_query_pb2 as pb

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


def asks_elsewhere(node: Node) -> bool:
    """Whether an expression has a query in it, whose columns are another table's."""
    return any(kind(item) == "SubLink" for item in walk(node))


def conjuncts(node: Node) -> list[Node]:
    """The parts of an expression that AND joins, however deep."""
    held = inner(node)
    if held is None:
        return []
    if kind(held) == "BoolExpr" and enum(held, "boolop") == "AND_EXPR":
        return [part for arg in held.args for part in conjuncts(arg)]
    return [node]


def not_null_conjuncts(node: Node) -> frozenset[str]:
    """Columns with a conjunct ``c IS NOT NULL`` of their own; what SET NOT NULL looks for."""
    tests = [inner(part) for part in conjuncts(node)]
    return frozenset(
        name
        for test in tests
        if kind(test) == "NullTest" and enum(test, "nulltesttype") == "IS_NOT_NULL"
        for name in (columns(test.arg) if test.arg.HasField("column_ref") else ())
    )


def passes_null(node: Node) -> bool:
    """Whether a CHECK surely passes where all of its columns are NULL."""
    return not any(_sees_null(item) for item in walk(node))


def _sees_null(item: Node) -> bool:
    name = kind(item)
    if name == "A_Expr":
        return "DISTINCT" in enum(item, "kind")
    return name in _SEES_NULL or (name in _CALLS and strings(item.funcname)[-1] in _COUNTS_NULL)


def text(node: Node) -> str:
    """What a string literal says, cast or not; nothing for anything else."""
    held = inner(node)
    if kind(held) == "TypeCast":
        return text(held.arg)
    return str(held.sval.sval) if kind(held) == "A_Const" and held.HasField("sval") else ""


def is_null(node: Node) -> bool:
    """Whether an expression is the constant NULL, cast or not."""
    held = inner(node)
    if held is not None and kind(held) == "TypeCast":
        return is_null(held.arg)
    return held is not None and kind(held) == "A_Const" and held.isnull


def printed(expression: Node | None) -> str | None:
    """An expression as SQL."""
    if expression is None:
        return None
    statement = pb.SelectStmt(limit_option=pb.LIMIT_OPTION_DEFAULT, op=pb.SETOP_NONE)
    statement.target_list.add().res_target.val.CopyFrom(expression)
    result = pb.ParseResult(version=180000)
    result.stmts.add().stmt.select_stmt.CopyFrom(statement)
    return str(postgast.deparse(result)).removeprefix("SELECT ")
