"""RENAME: only the catalog changes, but old code asks for the old name."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from phased.facts import changes, questions
from phased.model import Lock
from phased.naming import quote
from phased.price import Price
from phased.syntax import names
from phased.syntax.tree import enum

if TYPE_CHECKING:
    from phased.fact import Facts
    from phased.syntax.tree import Node

_RELATIONS = ("TABLE", "VIEW", "MATVIEW", "SEQUENCE", "FOREIGN_TABLE")
_PARTS = ("COLUMN", "TABCONSTRAINT", "TRIGGER", "RULE", "POLICY", "ATTRIBUTE")
_NAMED = [
    "AGGREGATE",
    "COLLATION",
    "CONVERSION",
    "DATABASE",
    "DOMAIN",
    "DOMCONSTRAINT",
    "EVENT_TRIGGER",
    "FDW",
    "FOREIGN_SERVER",
    "FUNCTION",
    "LANGUAGE",
    "OPCLASS",
    "OPFAMILY",
    "PROCEDURE",
    "PUBLICATION",
    "ROLE",
    "ROUTINE",
    "SCHEMA",
    "STATISTIC_EXT",
    "SUBSCRIPTION",
    "TABLESPACE",
    "TSCONFIGURATION",
    "TSDICTIONARY",
    "TSPARSER",
    "TSTEMPLATE",
    "TYPE",
]
NODES = tuple(f"rename_stmt.OBJECT_{kind}" for kind in ("INDEX", *_RELATIONS, *_PARTS, *_NAMED))
_QUIET = {"INDEX", "TABCONSTRAINT", "TRIGGER", "RULE", "POLICY", "DOMCONSTRAINT", "STATISTIC_EXT"}
_WORDS = {
    "MATVIEW": "MATERIALIZED VIEW",
    "TABCONSTRAINT": "CONSTRAINT",
    "DOMCONSTRAINT": "CONSTRAINT",
    "FOREIGN_SERVER": "SERVER",
    "STATISTIC_EXT": "STATISTICS",
}


def price(node: Node, facts: Facts) -> Price:
    """The price of ALTER … RENAME."""
    kind = _kind(node)
    if kind in _NAMED:
        return _unrelated(node, kind, facts)
    name = names.of(node.relation, facts)
    if node.missing_ok and facts.known and not _there(name, facts):
        return Price(_words(node, kind))
    return Price(_words(node, kind), _locks(node, name, facts), restricts=_restricts(node, facts))


def _kind(node: Node) -> str:
    return enum(node, "rename_type").removeprefix("OBJECT_")


def _there(name: str, facts: Facts) -> bool:
    return name in facts.relations or questions.index_owner(facts, name) is not None


def _words(node: Node, kind: str) -> str:
    """``ALTER TABLE RENAME COLUMN``, ``ALTER INDEX RENAME``."""
    word = _WORDS.get(kind, kind.replace("_", " "))
    if kind in {"COLUMN", "ATTRIBUTE"}:
        on = enum(node, "relation_type").removeprefix("OBJECT_")
        return f"ALTER {_WORDS.get(on, on.replace('_', ' '))} RENAME {word}"
    if kind == "TABCONSTRAINT":
        return "ALTER TABLE RENAME CONSTRAINT"
    return f"ALTER {word} RENAME"


def _locks(node: Node, name: str, facts: Facts) -> dict[str, Lock]:
    kind = _kind(node)
    if kind == "ATTRIBUTE":
        return {}
    if kind == "INDEX" and questions.index_owner(facts, name) is not None:
        return {name: Lock.SHARE_UPDATE_EXCLUSIVE}
    if kind == "INDEX" and name not in facts.relations:
        return {name: Lock.SHARE_UPDATE_EXCLUSIVE}
    cascades = kind in {"COLUMN", "TABCONSTRAINT", "TRIGGER"} and node.relation.inh
    tables = questions.family(facts, name, only=not cascades)
    return dict.fromkeys(tables, Lock.ACCESS_EXCLUSIVE)


def _restricts(node: Node, facts: Facts) -> tuple[str, ...]:
    kind = _kind(node)
    name = names.of(node.relation, facts)
    if kind in _QUIET or questions.is_new(facts, name) or _is_index(name, facts):
        return ()
    if kind == "ATTRIBUTE" and name in facts.created:
        return ()
    if kind in {"COLUMN", "ATTRIBUTE"}:
        if questions.is_added(facts, name, (node.subname,)):
            return ()
        return (f"{name}.{quote(node.subname)} RENAME TO {quote(node.newname)}",)
    return (f"{name} RENAME TO {quote(node.newname)}",)


def _is_index(name: str, facts: Facts) -> bool:
    return name not in facts.relations and questions.index_owner(facts, name) is not None


def _unrelated(node: Node, kind: str, facts: Facts) -> Price:
    """What is no relation takes no lock on one."""
    if kind in _QUIET:
        return Price(_words(node, kind))
    old = names.of_object(node.object, facts) if node.HasField("object") else quote(node.subname)
    quiet = old in facts.created
    return Price(
        _words(node, kind), restricts=() if quiet else (f"{old} RENAME TO {quote(node.newname)}",)
    )


def evolve(node: Node, facts: Facts) -> Facts:
    """The facts with the new name wherever the old one was."""
    kind = _kind(node)
    if kind == "SCHEMA":
        return _schema(facts, node.subname, node.newname)
    if kind in _NAMED:
        return facts
    name = names.of(node.relation, facts)
    if kind == "INDEX" or (kind in _RELATIONS and _is_index(name, facts)):
        return _index(facts, name, node.newname)
    if kind in _RELATIONS:
        return changes.rename(facts, name, questions.sibling(name, node.newname))
    rename = {"COLUMN": changes.rename_column, "TABCONSTRAINT": _constraint}.get(kind)
    if rename is None:
        return facts
    tables = questions.family(facts, name, only=not node.relation.inh)
    return changes.each(
        facts, tables, lambda known, table: rename(known, table, node.subname, node.newname)
    )


def _schema(facts: Facts, old: str, new: str) -> Facts:
    for name in facts.relations:
        if (questions.split(name)[0] or facts.schema) == old:
            facts = changes.move(facts, name, new)
    return facts


def _index(facts: Facts, index: str, new: str) -> Facts:
    owner = questions.index_owner(facts, index)
    if owner is None:
        return changes.rename(facts, index, questions.sibling(index, new))
    table, held = owner
    facts = changes.drop_index(facts, table, questions.split(index)[1])
    return changes.put_index(facts, table, new, held)


def _constraint(facts: Facts, table: str, old: str, new: str) -> Facts:
    held = questions.constraint(facts, table, old)
    if held is None:
        return facts
    index = new if held.index == old else held.index
    facts = changes.drop_constraint(facts, table, old)
    return changes.put_constraint(facts, table, new, replace(held, index=index))
