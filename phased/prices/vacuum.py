"""VACUUM and ANALYZE let reads and writes pass; VACUUM FULL writes the table anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phased.facts import questions
from phased.model import Lock
from phased.price import Price
from phased.syntax import names

if TYPE_CHECKING:
    from phased.fact import Facts
    from phased.syntax.tree import Node

NODES = ("vacuum_stmt",)


def price(node: Node, facts: Facts) -> Price:
    """The price of the two."""
    tables = _tables(node, facts)
    if not node.is_vacuumcmd:
        locks = dict.fromkeys(tables, Lock.SHARE_UPDATE_EXCLUSIVE)
        return Price("ANALYZE", locks)
    full = any(item.def_elem.defname == "full" and _on(item.def_elem) for item in node.options)
    stored = questions.stored(facts, tables)
    if not full:
        locks = dict.fromkeys(tables, Lock.SHARE_UPDATE_EXCLUSIVE)
        return Price("VACUUM", locks, transactional=False)
    return Price(
        "VACUUM FULL",
        dict.fromkeys(tables, Lock.ACCESS_EXCLUSIVE),
        scans=stored,
        rewrites=stored,
        transactional=False,
    )


def _on(option: Node) -> bool:
    if not option.HasField("arg"):
        return True
    if option.arg.HasField("string"):
        return option.arg.string.sval.lower() not in {"false", "off", "no"}
    return bool(option.arg.integer.ival)


def _tables(node: Node, facts: Facts) -> tuple[str, ...]:
    if not node.rels:
        return tuple(name for name, held in facts.relations.items() if held.kind in "rm")
    named = [names.of(item.vacuum_relation.relation, facts) for item in node.rels]
    return tuple(dict.fromkeys(part for name in named for part in questions.family(facts, name)))
