"""SELECT, INSERT, UPDATE, DELETE, MERGE: locks that only DDL waits for; rows are another matter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phased.facts import questions
from phased.model import Lock
from phased.price import Price, strongest
from phased.syntax import names
from phased.syntax.expressions import text
from phased.syntax.tree import enum, inner, kind, strings, walk

if TYPE_CHECKING:
    from phased.fact import Facts
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
        _keys(node, facts),
        {part: Lock.ROW_EXCLUSIVE for name in written for part in _touched(node, name, facts)},
    )
    locks = strongest(locks, _through_views(named, facts))
    return Price(_WORDS[kind(node)], locks, scans=_scans(node, named, written, facts))


def _written(node: Node, facts: Facts) -> dict[str, str]:
    """The tables that are written, each with how: also those in WITH."""
    return {
        names.of(item.relation, facts): kind(item) for item in walk(node) if kind(item) in _WRITES
    }


def _through_views(named: frozenset[str], facts: Facts) -> dict[str, Lock]:
    """A view is read, or written, through the tables that it reads."""
    views = [name for name in named if questions.relation(facts, name).kind == "v"]
    return {table: Lock.ACCESS_SHARE for view in views for table in questions.read_by(facts, view)}


def _touched(node: Node, name: str, facts: Facts) -> tuple[str, ...]:
    return questions.family(facts, name) if kind(node) != "SelectStmt" else (name,)


def _keys(node: Node, facts: Facts) -> dict[str, Lock]:
    """Foreign keys are checked row by row, at their other end."""
    found = [item for item in walk(node) if kind(item) in _WRITES]
    return strongest(*(_ends(item, facts) for item in found))


def _ends(item: Node, facts: Facts) -> dict[str, Lock]:
    table = names.of(item.relation, facts)
    locks: dict[str, Lock] = {}
    for held in questions.relation(facts, table).constraints.values():
        if held.references and _sets(item, held.columns):
            locks[held.references] = Lock.ROW_SHARE
    for child, _, held in questions.referencing(facts, table):
        if _removes(item, table, facts):
            acts = any(word in held.definition for word in _ACTS)
            locks[child] = Lock.ROW_EXCLUSIVE if acts else Lock.ROW_SHARE
    return locks


_ACTS = ("CASCADE", "SET NULL", "SET DEFAULT")


def _sets(item: Node, columns: tuple[str, ...]) -> bool:
    """Whether the statement gives one of these columns a value."""
    if kind(item) == "UpdateStmt":
        return bool({target.res_target.name for target in item.target_list} & set(columns))
    return kind(item) != "DeleteStmt"


def _removes(item: Node, table: str, facts: Facts) -> bool:
    """Whether the statement can take away a key that another table refers to."""
    held = questions.relation(facts, table).constraints.values()
    keys = {column for c in held if c.kind in "pu" for column in c.columns}
    return kind(item) in {"DeleteStmt", "MergeStmt"} or (
        kind(item) == "UpdateStmt" and _sets(item, tuple(keys))
    )


def _row_locks(node: Node, facts: Facts) -> dict[str, Lock]:
    """SELECT … FOR UPDATE."""
    clauses = [item for item in walk(node) if kind(item) == "LockingClause"]
    if not clauses:
        return {}
    return dict.fromkeys(names.tables(node, facts), Lock.ROW_SHARE)


def _sequences(node: Node, facts: Facts) -> dict[str, Lock]:
    """The sequences of nextval and setval, where their names are written out."""
    calls = [item for item in walk(node) if kind(item) == "FuncCall" and item.args]
    named = ((strings(call.funcname)[-1], text(call.args[0])) for call in calls)
    return {
        questions.normal(facts, name): _SEQUENCES[function]
        for function, name in named
        if function in _SEQUENCES and name
    }


def _scans(
    node: Node, named: frozenset[str], written: dict[str, str], facts: Facts
) -> frozenset[str]:
    """Every table that is read without its whole primary key or a unique key being given."""
    inserted = {name for name, how in written.items() if how == "InsertStmt"}
    read = named - inserted
    if len(read) == 1 and kind(node) != "MergeStmt" and _pinned(node, next(iter(read)), facts):
        read = frozenset()
    tables = {part for name in read for part in questions.family(facts, name)}
    through = {part for name in read for part in questions.read_by(facts, name)}
    views = {name for name in read if questions.relation(facts, name).kind == "v"}
    seen = tables | (through if views else set())
    long = {n for n in seen if not _of_system(n) and questions.relation(facts, n).kind != "S"}
    return questions.stored(facts, long | _unindexed(node, facts))


def _of_system(name: str) -> bool:
    """Whether it is one of PostgreSQL's own catalogs: reading those is a matter of moments."""
    schema, table = questions.split(name)
    return schema in {"pg_catalog", "information_schema"} or (not schema and table[:3] == "pg_")


def _unindexed(node: Node, facts: Facts) -> set[str]:
    """Children are read in full for each key that goes, where their foreign key has no index."""
    return {
        child
        for item in walk(node)
        if kind(item) in _WRITES and _removes(item, names.of(item.relation, facts), facts)
        for child, _, held in questions.referencing(facts, names.of(item.relation, facts))
        if not _indexed(child, held.columns, facts)
    }


def _indexed(table: str, columns: tuple[str, ...], facts: Facts) -> bool:
    indexes = questions.relation(facts, table).indexes.values()
    return any(set(index.columns[: len(columns)]) == set(columns) for index in indexes)


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
