"""CLUSTER writes the table anew in the order of an index, under the strongest lock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phased.facts import questions
from phased.model import Lock
from phased.price import Price
from phased.syntax import names

if TYPE_CHECKING:
    from phased.fact import Facts
    from phased.syntax.tree import Node

NODES = ("cluster_stmt",)


def price(node: Node, facts: Facts) -> Price:
    """The price of CLUSTER; without a table it is about all that were clustered before."""
    if not node.HasField("relation"):
        tables = tuple(facts.relations)
    else:
        tables = questions.family(facts, names.of(node.relation, facts))
    stored = questions.stored(facts, tables)
    return Price(
        "CLUSTER",
        dict.fromkeys(tables, Lock.ACCESS_EXCLUSIVE),
        scans=stored,
        rewrites=stored,
        transactional=node.HasField("relation") and tables[0] in stored,
    )
