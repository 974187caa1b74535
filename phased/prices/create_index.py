"""CREATE INDEX blocks writes while it reads the table; CONCURRENTLY blocks nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phased.facts import changes, questions
from phased.model import Lock
from phased.naming import quote
from phased.price import Price
from phased.syntax import expressions, indexes, names

if TYPE_CHECKING:
    from phased.fact import Facts
    from phased.syntax.tree import Node

NODES = ("index_stmt",)


def price(node: Node, facts: Facts) -> Price:
    """The price of CREATE INDEX."""
    table = names.of(node.relation, facts)
    name = indexes.name_of(node, table, facts)
    kind = f"CREATE {'UNIQUE ' if node.unique else ''}INDEX"
    lock = Lock.SHARE_UPDATE_EXCLUSIVE if node.concurrent else Lock.SHARE
    tables = questions.family(facts, table, only=not node.relation.inh)
    if questions.relation(facts, table).kind != "p":
        tables = (table,)
    if _exists(node, table, name, facts):
        return Price(kind, {table: lock}, transactional=not node.concurrent)
    return Price(
        f"{kind} CONCURRENTLY" if node.concurrent else kind,
        dict.fromkeys(tables, lock),
        scans=questions.stored(facts, tables),
        transactional=not node.concurrent,
        restricts=_restricts(node, table, name, facts),
        creates=frozenset({questions.sibling(table, name)}),
    )


def _exists(node: Node, table: str, name: str, facts: Facts) -> bool:
    return bool(node.if_not_exists and name in questions.relation(facts, table).indexes)


def _restricts(node: Node, table: str, name: str, facts: Facts) -> tuple[str, ...]:
    """Columns that this revision added are NULL for old code, and NULLs repeat."""
    if not node.unique or questions.is_new(facts, table) or _nulls_only(node, table, facts):
        return ()
    return (f"unique index {table}.{quote(name)}",)


def _nulls_only(node: Node, table: str, facts: Facts) -> bool:
    elements = [item.index_elem for item in node.index_params]
    return not node.nulls_not_distinct and any(_is_null(e, table, facts) for e in elements)


def _is_null(element: Node, table: str, facts: Facts) -> bool:
    """Whether a key is NULL for a row whose writer does not know the columns it is made of."""
    names = (element.name,) if element.name else expressions.columns(element.expr)
    if not element.name and not expressions.passes_null(element.expr):
        return False
    held = [questions.column(facts, table, name) for name in names]
    empty = any(c is not None and not c.default and not c.identity for c in held)
    return empty and questions.is_added(facts, table, names)


def evolve(node: Node, facts: Facts) -> Facts:
    """The facts with the index; on a partitioned table also on each partition."""
    table = names.of(node.relation, facts)
    name = indexes.name_of(node, table, facts)
    if _exists(node, table, name, facts):
        return facts
    facts = changes.put_index(facts, table, name, indexes.read(node, table))
    if questions.relation(facts, table).kind != "p" or not node.relation.inh:
        return facts
    return changes.each(facts, questions.relation(facts, table).partitions, _adding(node))


def _adding(node: Node) -> changes.Change:
    unnamed = type(node)()
    unnamed.CopyFrom(node)
    unnamed.idxname = ""

    def add(facts: Facts, table: str) -> Facts:
        name = indexes.name_of(unnamed, table, facts)
        return changes.put_index(facts, table, name, indexes.read(node, table))

    return add
