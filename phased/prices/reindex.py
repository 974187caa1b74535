"""REINDEX blocks writes, and reads that would use the index; CONCURRENTLY blocks nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phased.facts import questions
from phased.model import Lock
from phased.price import Price
from phased.syntax import names
from phased.syntax.tree import enum

if TYPE_CHECKING:
    from phased.fact import Facts
    from phased.syntax.tree import Node

NODES = ("reindex_stmt",)


def price(node: Node, facts: Facts) -> Price:
    """The price of REINDEX."""
    concurrent = any(item.def_elem.defname == "concurrently" for item in node.params)
    what = enum(node, "kind").removeprefix("REINDEX_OBJECT_")
    indexes = _indexes(node, what, facts)
    on_table = Lock.SHARE_UPDATE_EXCLUSIVE if concurrent else Lock.SHARE
    on_index = Lock.SHARE_UPDATE_EXCLUSIVE if concurrent else Lock.ACCESS_EXCLUSIVE
    tables = {table for table in indexes.values() if table}
    return Price(
        f"REINDEX {what}{' CONCURRENTLY' if concurrent else ''}",
        dict.fromkeys(sorted(indexes), on_index) | dict.fromkeys(sorted(tables), on_table),
        scans=questions.stored(facts, tables),
        rewrites=frozenset(index for index, table in indexes.items() if index != table),
        transactional=not concurrent and what in {"INDEX", "TABLE"} and not _split(node, facts),
    )


def _indexes(node: Node, what: str, facts: Facts) -> dict[str, str | None]:
    """Every index that is built anew, and its table."""
    if what == "INDEX":
        index = names.of(node.relation, facts)
        owner = questions.index_owner(facts, index)
        return {index: owner[0] if owner else None}
    tables: tuple[str, ...] = tuple(facts.relations)
    if what == "TABLE":
        tables = questions.family(facts, names.of(node.relation, facts))
    elif what == "SCHEMA":
        tables = tuple(t for t in tables if (questions.split(t)[0] or facts.schema) == node.name)
    found = {index: table for table in tables for index in _of_table(table, facts)}
    bare = {table: table for table in tables} if what == "TABLE" else {}
    return {**bare, **found}


def _of_table(table: str, facts: Facts) -> list[str]:
    return [questions.sibling(table, name) for name in questions.relation(facts, table).indexes]


def _split(node: Node, facts: Facts) -> bool:
    """On a partitioned table each partition is a transaction of its own."""
    return questions.relation(facts, names.of(node.relation, facts)).kind == "p"
