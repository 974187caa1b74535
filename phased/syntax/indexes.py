"""Indexes in a parse tree as the catalog will have them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import postgast
from postgast import pg_query_pb2 as pb

from phased.fact import IndexFacts
from phased.facts import changes
from phased.facts.questions import relation, split
from phased.syntax.constraints import free_name
from phased.syntax.expressions import columns
from phased.syntax.tree import one, strings

if TYPE_CHECKING:
    from phased.fact import ConstraintFacts, Facts
    from phased.syntax.tree import Node

_GRAMMAR = 180000  # the version of the grammar that trees are written out with


def keys(node: Node) -> tuple[str, ...]:
    """The columns that are keys of an index; expressions are not."""
    return tuple(item.index_elem.name for item in node.index_params if item.index_elem.name)


def mentioned(held: IndexFacts) -> frozenset[str]:
    """Every column that takes the index along: keys, INCLUDE, expressions, WHERE."""
    if not held.definition:
        return frozenset(held.columns)
    _, node = one(held.definition)
    elements = [item.index_elem for item in (*node.index_params, *node.index_including_params)]
    named = {element.name for element in elements if element.name}
    computed = (columns(element.expr) for element in elements if element.HasField("expr"))
    return frozenset(named.union(*computed, columns(node.where_clause)))


def name_of(node: Node, table: str, facts: Facts) -> str:
    """The unquoted name of a new index, PostgreSQL's choice where it has none."""
    if node.idxname:
        return str(node.idxname)
    middle = tuple(_piece(item.index_elem) for item in node.index_params)
    return free_name(split(table)[1], middle, "idx", table, facts)


def _piece(element: Node) -> str:
    if element.name:
        return str(element.name)
    if element.expr.HasField("func_call"):
        return strings(element.expr.func_call.funcname)[-1]
    return "expr"


def read(node: Node, table: str) -> IndexFacts:
    """The facts of a new index."""
    result = pb.ParseResult(version=_GRAMMAR)
    result.stmts.add().stmt.index_stmt.CopyFrom(node)
    return IndexFacts(table, keys(node), unique=node.unique, definition=postgast.deparse(result))


def depends(held: IndexFacts, column: str) -> tuple[bool, bool]:
    """Whether the index has the column as a key, and whether in an expression or its WHERE."""
    if not held.definition:
        return column in held.columns, False
    _, node = one(held.definition)
    plain = any(item.index_elem.name == column for item in node.index_params)
    special = any(
        column in columns(item.index_elem.expr)
        for item in node.index_params
        if item.index_elem.HasField("expr")
    )
    partial = node.HasField("where_clause")
    return plain, special or (partial and (plain or column in columns(node.where_clause)))


def behind(facts: Facts, table: str, held: ConstraintFacts) -> Facts:
    """The facts with the index that stands behind a constraint."""
    if held.index is None:
        return facts
    index = IndexFacts(table, held.columns, unique=held.kind in "pu")
    return changes.put_index(facts, table, held.index, index)


def drop_column(facts: Facts, table: str, column: str) -> Facts:
    """The facts without a column and the indexes that mention it."""
    held = relation(facts, table).indexes
    gone = frozenset(name for name, index in held.items() if column in mentioned(index))
    return changes.drop_column(facts, table, column, gone)
