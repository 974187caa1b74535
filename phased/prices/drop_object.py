"""DROP of anything but tables and indexes: views, types, functions, schemas, triggers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phased.facts import changes, questions
from phased.model import Lock
from phased.naming import quote
from phased.price import Price
from phased.syntax import names
from phased.syntax.indexes import drop_column
from phased.syntax.tree import enum, strings

if TYPE_CHECKING:
    from phased.fact import Facts
    from phased.syntax.tree import Node

_RELATIONS = {
    "OBJECT_VIEW": "VIEW",
    "OBJECT_MATVIEW": "MATERIALIZED VIEW",
    "OBJECT_SEQUENCE": "SEQUENCE",
}
_ON_TABLE = {"OBJECT_TRIGGER": "TRIGGER", "OBJECT_POLICY": "POLICY", "OBJECT_RULE": "RULE"}
_LOST = {
    "OBJECT_AGGREGATE": "AGGREGATE",
    "OBJECT_COLLATION": "COLLATION",
    "OBJECT_DOMAIN": "DOMAIN",
    "OBJECT_EXTENSION": "EXTENSION",
    "OBJECT_FOREIGN_SERVER": "SERVER",
    "OBJECT_FUNCTION": "FUNCTION",
    "OBJECT_OPERATOR": "OPERATOR",
    "OBJECT_PROCEDURE": "PROCEDURE",
    "OBJECT_PUBLICATION": "PUBLICATION",
    "OBJECT_ROUTINE": "ROUTINE",
    "OBJECT_SCHEMA": "SCHEMA",
    "OBJECT_TYPE": "TYPE",
}
_OTHER = {
    "OBJECT_ACCESS_METHOD": "ACCESS METHOD",
    "OBJECT_CAST": "CAST",
    "OBJECT_CONVERSION": "CONVERSION",
    "OBJECT_EVENT_TRIGGER": "EVENT TRIGGER",
    "OBJECT_FDW": "FOREIGN DATA WRAPPER",
    "OBJECT_LANGUAGE": "LANGUAGE",
    "OBJECT_OPCLASS": "OPERATOR CLASS",
    "OBJECT_OPFAMILY": "OPERATOR FAMILY",
    "OBJECT_TRANSFORM": "TRANSFORM",
    "OBJECT_TSCONFIGURATION": "TEXT SEARCH CONFIGURATION",
    "OBJECT_TSDICTIONARY": "TEXT SEARCH DICTIONARY",
    "OBJECT_TSPARSER": "TEXT SEARCH PARSER",
    "OBJECT_TSTEMPLATE": "TEXT SEARCH TEMPLATE",
}
_STATISTICS = "OBJECT_STATISTIC_EXT"
NODES = tuple(
    f"drop_stmt.{kind}" for kind in (*_RELATIONS, *_ON_TABLE, *_LOST, *_OTHER, _STATISTICS)
)


def price(node: Node, facts: Facts) -> Price:
    """The price of DROP."""
    kind = enum(node, "remove_type")
    if kind in _ON_TABLE:
        tables = (_table(item, facts) for item in node.objects)
        return Price(f"DROP {_ON_TABLE[kind]}", dict.fromkeys(tables, Lock.ACCESS_EXCLUSIVE))
    if kind in _RELATIONS:
        return _relations(node, _RELATIONS[kind], facts)
    if kind == _STATISTICS:
        return Price("DROP STATISTICS", _counted(node, facts))
    word = (_LOST | _OTHER)[kind]
    return Price(
        f"DROP {word}", _cascaded(node, kind, facts), destroys=_destroys(node, kind, facts)
    )


def _counted(node: Node, facts: Facts) -> dict[str, Lock]:
    """The tables that the statistics are on."""
    found = {names.of_object(item, facts) for item in node.objects}
    tables = (t for t, held in facts.relations.items() if found.intersection(held.statistics))
    return dict.fromkeys(tables, Lock.SHARE_UPDATE_EXCLUSIVE)


def _table(item: Node, facts: Facts) -> str:
    """The table of ``DROP TRIGGER name ON table``: all but the last part."""
    return names.of_strings(strings(item.list.items)[:-1], facts)


def _relations(node: Node, word: str, facts: Facts) -> Price:
    found = [names.of_object(item, facts) for item in node.objects]
    if node.missing_ok and facts.known:
        found = [name for name in found if name in facts.relations]
    lost = [f"{word.lower()} {n}" for n in found if not questions.is_new(facts, n)]
    return Price(f"DROP {word}", dict.fromkeys(found, Lock.ACCESS_EXCLUSIVE), destroys=tuple(lost))


def _destroys(node: Node, kind: str, facts: Facts) -> tuple[str, ...]:
    if kind not in _LOST:
        return ()
    found = [names.of_object(item, facts) for item in node.objects]
    word = _LOST[kind].lower()
    lost = [f"{word} {name}" for name in found if name not in facts.created]
    if kind == "OBJECT_SCHEMA":
        lost += [f"table {table}" for table in _cascaded(node, kind, facts)]
    columns = (f"column {table}.{quote(name)}" for table, name in _columns(node, kind, facts))
    return (*lost, *columns)


def _columns(node: Node, kind: str, facts: Facts) -> list[tuple[str, str]]:
    """The columns that go with their type."""
    if kind not in {"OBJECT_TYPE", "OBJECT_DOMAIN"}:
        return []
    dropped = {names.of_object(item, facts) for item in node.objects}
    return [
        (table, name)
        for table in _cascaded(node, kind, facts)
        for name, held in facts.relations[table].columns.items()
        if held.type.removesuffix("[]") in dropped
    ]


def _cascaded(node: Node, kind: str, facts: Facts) -> dict[str, Lock]:
    """CASCADE takes along the tables of a schema and the columns of a type."""
    if enum(node, "behavior") != "DROP_CASCADE":
        return {}
    found = {names.of_object(item, facts) for item in node.objects}
    held = [name for name in facts.relations if _goes(name, kind, found, facts)]
    return dict.fromkeys(held, Lock.ACCESS_EXCLUSIVE)


def _goes(name: str, kind: str, dropped: set[str], facts: Facts) -> bool:
    if kind == "OBJECT_SCHEMA":
        return (questions.split(name)[0] or facts.schema) in dropped
    columns = questions.relation(facts, name).columns.values()
    if kind in {"OBJECT_TYPE", "OBJECT_DOMAIN"}:
        return any(column.type.removesuffix("[]") in dropped for column in columns)
    calls = [f"{function}(" for function in dropped]
    return kind == "OBJECT_FUNCTION" and any(
        call in (column.default or "") for column in columns for call in calls
    )


def evolve(node: Node, facts: Facts) -> Facts:
    """The facts without the objects, and without what CASCADE takes along."""
    kind = enum(node, "remove_type")
    gone = [names.of_object(item, facts) for item in node.objects if kind not in _ON_TABLE]
    if kind == _STATISTICS:
        return changes.uncount(facts, frozenset(gone))
    if kind == "OBJECT_SCHEMA":
        gone = list(_cascaded(node, kind, facts))
    for table, column in _columns(node, kind, facts):
        facts = drop_column(facts, table, column)
    for name in gone if kind in _RELATIONS or kind == "OBJECT_SCHEMA" else ():
        facts = changes.drop(facts, name)
    return facts
