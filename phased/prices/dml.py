"""SELECT, INSERT, UPDATE, DELETE, MERGE: locks that only DDL waits for; rows are another matter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phased.facts import questions
from phased.model import Lock
from phased.price import Price, strongest
from phased.syntax import names
from phased.syntax.tree import enum, inner, kind, strings, walk

if TYPE_CHECKING:
    from phased.model import Facts
    from phased.syntax.tree import Node

NODES = ("select_stmt", "insert_stmt", "update_stmt", "delete_stmt", "merge_stmt")
_WORDS = {
    "SelectStmt": "SELECT",
    "InsertStmt": "INSERT",
    "UpdateStmt": "UPDATE",
    "DeleteStmt": "DELETE",
    "MergeStmt": "MERGE",
}
_WRITES = frozenset(_WORDS) - {"SelectStmt"}
_SEQUENCES = {"nextval": Lock.ROW_EXCLUSIVE, "setval": Lock.ROW_EXCLUSIVE}


def price(node: Node, facts: Facts) -> Price:
    """The price of a query."""
    written = _written(node, facts)
    named = names.tables(node, facts)
    read = named - written.keys()
    locks = strongest(
        {part: Lock.ACCESS_SHARE for name in read for part in questions.family(facts, name)},
        _row_locks(node, facts),
        _sequences(node, facts),
        _keys(written, facts),
        {part: Lock.ROW_EXCLUSIVE for name in written for part in _touched(node, name, facts)},
    )
    return Price(_WORDS[kind(node)], locks, scans=_scans(node, named, written, facts))


def _written(node: Node, facts: Facts) -> dict[str, str]:
    """The tables that are written, each with how: also those in WITH."""
    return {
        names.of(item.relation, facts): kind(item) for item in walk(node) if kind(item) in _WRITES
    }


def _touched(node: Node, name: str, facts: Facts) -> tuple[str, ...]:
    return questions.family(facts, name) if kind(node) != "SelectStmt" else (name,)


def _keys(written: dict[str, str], facts: Facts) -> dict[str, Lock]:
    """Foreign keys are checked row by row, at their other end."""
    locks: dict[str, Lock] = {}
    for table, how in written.items():
        held = questions.relation(facts, table).constraints.values()
        if how != "DeleteStmt":
            locks |= {c.references: Lock.ROW_SHARE for c in held if c.references}
        if how != "InsertStmt":
            locks |= {child: Lock.ROW_SHARE for child, _, _ in questions.referencing(facts, table)}
    return locks


def _row_locks(node: Node, facts: Facts) -> dict[str, Lock]:
    """SELECT … FOR UPDATE."""
    clauses = [item for item in walk(node) if kind(item) == "LockingClause"]
    if not clauses:
        return {}
    return dict.fromkeys(names.tables(node, facts), Lock.ROW_SHARE)


def _sequences(node: Node, facts: Facts) -> dict[str, Lock]:
    locks: dict[str, Lock] = {}
    for item in walk(node):
        if kind(item) != "FuncCall" or strings(item.funcname)[-1] not in _SEQUENCES:
            continue
        first = inner(item.args[0])
        first = inner(first.arg) if kind(first) == "TypeCast" else first
        if kind(first) == "A_Const":
            name = questions.normal(facts, first.sval.sval)
            locks[name] = _SEQUENCES[strings(item.funcname)[-1]]
    return locks


def _scans(
    node: Node, named: frozenset[str], written: dict[str, str], facts: Facts
) -> frozenset[str]:
    """Every table that is read without its whole primary key or a unique key being given."""
    inserted = {name for name, how in written.items() if how == "InsertStmt"}
    read = named - inserted
    if len(read) == 1 and kind(node) != "MergeStmt" and _pinned(node, next(iter(read)), facts):
        return frozenset()
    tables = (part for name in read for part in questions.family(facts, name))
    return questions.stored(facts, tables)


def _pinned(node: Node, table: str, facts: Facts) -> bool:
    if not hasattr(node, "where_clause") or not node.HasField("where_clause"):
        return False
    given = _equalled(node.where_clause)
    held = questions.relation(facts, table).constraints.values()
    return any(c.kind in "pu" and given.issuperset(c.columns) for c in held)


def _equalled(node: Node) -> set[str]:
    """The columns that a WHERE compares with constants, all of them at once."""
    held = inner(node)
    if held is None:
        return set()
    if kind(held) == "BoolExpr" and enum(held, "boolop") == "AND_EXPR":
        return set().union(*(_equalled(arg) for arg in held.args))
    if kind(held) != "A_Expr" or enum(held, "kind") not in {"AEXPR_OP", "AEXPR_IN"}:
        return set()
    is_equal = strings(held.name) == ["="]
    if is_equal and held.lexpr.HasField("column_ref"):
        return {strings(held.lexpr.column_ref.fields)[-1]}
    return set()
