"""CREATE TABLE: locks nothing but the tables it refers to, its parent, and its siblings."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from phased.fact import ColumnFacts, RelationFacts
from phased.facts import changes, questions
from phased.model import Lock
from phased.naming import quote
from phased.price import Price, strongest
from phased.syntax import constraints, names
from phased.syntax.columns import defined, sequence_of
from phased.syntax.indexes import behind
from phased.syntax.inheritance import completed
from phased.syntax.tree import enum

if TYPE_CHECKING:
    from phased.fact import Facts
    from phased.syntax.tree import Node

NODES = ("create_stmt", "create_foreign_table_stmt")


def price(node: Node, facts: Facts) -> Price:
    """The price of CREATE TABLE."""
    stmt = _stmt(node)
    name = names.of_new(stmt.relation, facts)
    if stmt.if_not_exists and name in facts.relations:
        return Price("CREATE TABLE")
    locks = strongest(_referenced(stmt, name, facts), _inherited(stmt, facts))
    locks.pop(name, None)
    return Price(
        "CREATE TABLE",
        locks,
        scans=questions.stored(facts, _default_partitions(stmt, facts)),
        creates=frozenset({name, *_sequences(stmt, name, facts)}),
    )


def _stmt(node: Node) -> Node:
    return node.base_stmt if hasattr(node, "base_stmt") else node


def _parts(stmt: Node) -> list[tuple[Node, str | None]]:
    """The constraints of the table and of its columns, each with its column or None."""
    found: list[tuple[Node, str | None]] = []
    for element in stmt.table_elts:
        if element.HasField("constraint"):
            found.append((element.constraint, None))
        elif element.HasField("column_def"):
            column = element.column_def
            found.extend((item.constraint, column.colname) for item in column.constraints)
    return found


def _referenced(stmt: Node, name: str, facts: Facts) -> dict[str, Lock]:
    keys = (item for item, _ in _parts(stmt) if item.HasField("pktable"))
    tables = {names.of(item.pktable, facts) for item in keys} - {name}
    return {
        relation: Lock.SHARE_ROW_EXCLUSIVE
        for table in tables
        for relation in questions.family(facts, table)
    }


def _inherited(stmt: Node, facts: Facts) -> dict[str, Lock]:
    lock = Lock.ACCESS_EXCLUSIVE if _is_partition(stmt) else Lock.SHARE_UPDATE_EXCLUSIVE
    locks = {names.of(item.range_var, facts): lock for item in stmt.inh_relations}
    for element in stmt.table_elts:
        if element.HasField("table_like_clause"):
            like = names.of(element.table_like_clause.relation, facts)
            locks.setdefault(like, Lock.ACCESS_SHARE)
    referenced = dict.fromkeys(_inherited_keys(stmt, facts), Lock.SHARE_ROW_EXCLUSIVE)
    beside = dict.fromkeys(_default_partitions(stmt, facts), Lock.ACCESS_EXCLUSIVE)
    return strongest(locks, referenced, beside)


def _inherited_keys(stmt: Node, facts: Facts) -> set[str]:
    """The tables that the foreign keys of a parent refer to, as its new partition will."""
    parents = stmt.inh_relations if _is_partition(stmt) else ()
    held = [questions.relation(facts, names.of(item.range_var, facts)) for item in parents]
    return {c.references for one in held for c in one.constraints.values() if c.references}


def _is_partition(stmt: Node) -> bool:
    return bool(stmt.HasField("partbound"))


def _default_partitions(stmt: Node, facts: Facts) -> tuple[str, ...]:
    if not _is_partition(stmt):
        return ()
    parent = questions.relation(facts, names.of(stmt.inh_relations[0].range_var, facts))
    default = parent.default_partition
    return (default,) if default else ()


def _sequences(stmt: Node, name: str, facts: Facts) -> dict[str, str]:
    """The sequences that serial and identity make, each with its column."""
    columns = [e.column_def for e in stmt.table_elts if e.HasField("column_def")]
    found = ((sequence_of(column, name, facts), column.colname) for column in columns)
    return {sequence: column for sequence, column in found if sequence}


def evolve(node: Node, facts: Facts) -> Facts:
    """The facts with the table in them."""
    stmt = _stmt(node)
    name = names.of_new(stmt.relation, facts)
    if stmt.if_not_exists and name in facts.relations:
        return facts
    sequences = _sequences(stmt, name, facts)
    facts = changes.create(facts, name, _bare(stmt, name, facts))
    for sequence, column in sequences.items():
        facts = changes.sequence(facts, name, column, sequence)
    for item, about in _parts(stmt):
        facts = _constrained(facts, name, item, about)
    return _placed(stmt, name, facts)


def _bare(stmt: Node, name: str, facts: Facts) -> RelationFacts:
    kind = "p" if stmt.HasField("partspec") else "r"
    columns: dict[str, ColumnFacts] = {}
    for parent in stmt.inh_relations:
        columns |= questions.relation(facts, names.of(parent.range_var, facts)).columns
    for element in stmt.table_elts:
        if element.HasField("column_def"):
            column = element.column_def
            own = defined(column, name, facts)
            columns[column.colname] = _completed(own, columns.get(column.colname))
        elif element.HasField("table_like_clause"):
            like = names.of(element.table_like_clause.relation, facts)
            columns |= questions.relation(facts, like).columns
    key = _partition_key(stmt) if kind == "p" else ""
    return RelationFacts(kind=kind, rows=0, columns=columns, partition_key=key)


def _completed(own: ColumnFacts, inherited: ColumnFacts | None) -> ColumnFacts:
    """The columns of a partition need not say their type; what they say comes on top."""
    if own.type or inherited is None:
        return own
    not_null = own.not_null or inherited.not_null
    return replace(inherited, not_null=not_null, default=own.default or inherited.default)


def _partition_key(stmt: Node) -> str:
    """As ``pg_get_partkeydef`` prints it, where the key consists of columns."""
    columns = (item.partition_elem.name for item in stmt.partspec.part_params)
    strategy = enum(stmt.partspec, "strategy").removeprefix("PARTITION_STRATEGY_")
    return f"{strategy} ({', '.join(quote(name) for name in columns if name)})"


def _constrained(facts: Facts, table: str, item: Node, column: str | None) -> Facts:
    if constraints.kind_of(item) in {None, "n"}:
        return facts
    name, held = constraints.read(item, table, facts, column)
    facts = changes.put_constraint(facts, table, name, held)
    if held.kind == "p":
        for key in held.columns:
            facts = changes.set_column(facts, table, key, not_null=True)
    return behind(facts, table, held)


def _placed(stmt: Node, name: str, facts: Facts) -> Facts:
    """With the new table among the partitions or children of its parents, all the way up."""
    for item in stmt.inh_relations:
        parent = names.of(item.range_var, facts)
        default = _is_partition(stmt) and stmt.partbound.is_default
        facts = completed(facts, name, parent) if _is_partition(stmt) else facts
        facts = changes.adopt(facts, parent, name, default=default)
    return facts
