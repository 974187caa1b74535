"""DROP INDEX stops reads and writes of its table for a moment; CONCURRENTLY does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phased.facts import changes, questions
from phased.model import Lock
from phased.price import Price
from phased.syntax import names

if TYPE_CHECKING:
    from phased.fact import Facts
    from phased.syntax.tree import Node

NODES = ("drop_stmt.OBJECT_INDEX",)


def price(node: Node, facts: Facts) -> Price:
    """The price of DROP INDEX."""
    lock = Lock.SHARE_UPDATE_EXCLUSIVE if node.concurrent else Lock.ACCESS_EXCLUSIVE
    locks: dict[str, Lock] = {}
    for index, table in _found(node, facts):
        if table is None and facts.known and node.missing_ok:
            continue
        locks[index] = lock
        owners = questions.family(facts, table) if table else ()
        locks |= dict.fromkeys(_partitioned(owners, facts), lock)
    return Price(
        "DROP INDEX CONCURRENTLY" if node.concurrent else "DROP INDEX",
        locks,
        transactional=not node.concurrent,
    )


def _partitioned(tables: tuple[str, ...], facts: Facts) -> tuple[str, ...]:
    """The index of a partitioned table goes with those of its partitions."""
    partitioned = bool(tables) and questions.relation(facts, tables[0]).kind == "p"
    return tables if partitioned else tables[:1]


def _found(node: Node, facts: Facts) -> list[tuple[str, str | None]]:
    found = []
    for item in node.objects:
        index = names.of_object(item, facts)
        owner = questions.index_owner(facts, index)
        found.append((index, owner[0] if owner else None))
    return found


def evolve(node: Node, facts: Facts) -> Facts:
    """The facts without the index."""
    for index, table in _found(node, facts):
        if table is not None:
            facts = _without(facts, table, questions.split(index)[1])
    return facts


def _without(facts: Facts, table: str, name: str) -> Facts:
    """The partitions' indexes of the same columns go with that of a partitioned table."""
    gone = questions.relation(facts, table).indexes[name]
    facts = changes.drop_index(facts, table, name)
    for partition in _partitioned(questions.family(facts, table), facts)[1:]:
        held = questions.relation(facts, partition).indexes
        same = (n for n, i in held.items() if (i.columns, i.unique) == (gone.columns, gone.unique))
        facts = changes.drop_index(facts, partition, next(same, ""))
    return facts
