"""REFRESH MATERIALIZED VIEW stops its readers until it is done; CONCURRENTLY only its writers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phased.facts import questions
from phased.model import Lock
from phased.price import Price, strongest
from phased.syntax import names

if TYPE_CHECKING:
    from phased.fact import Facts
    from phased.syntax.tree import Node

NODES = ("refresh_mat_view_stmt",)


def price(node: Node, facts: Facts) -> Price:
    """The price of REFRESH."""
    name = names.of(node.relation, facts)
    below = questions.read_by(facts, name)
    lock = Lock.EXCLUSIVE if node.concurrent else Lock.ACCESS_EXCLUSIVE
    own = frozenset({name})
    return Price(
        "REFRESH MATERIALIZED VIEW CONCURRENTLY"
        if node.concurrent
        else "REFRESH MATERIALIZED VIEW",
        strongest(dict.fromkeys(below, Lock.ACCESS_SHARE), {name: lock}),
        scans=_scans(node, below, own, facts),
        rewrites=frozenset() if node.concurrent else own,
    )


def _scans(node: Node, below: tuple[str, ...], own: frozenset[str], facts: Facts) -> frozenset[str]:
    if node.skip_data:
        return frozenset()
    read = questions.stored(facts, below)
    return read | own if node.concurrent else read
