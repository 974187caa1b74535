"""CREATE TRIGGER blocks writes for a moment; replacing or renaming one stops reads no more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phased.facts import questions
from phased.model import Lock
from phased.price import Price
from phased.syntax import names

if TYPE_CHECKING:
    from phased.fact import Facts
    from phased.syntax.tree import Node

NODES = ("create_trig_stmt",)


def price(node: Node, facts: Facts) -> Price:
    """The price of CREATE TRIGGER; one FOR EACH ROW is made on every partition too."""
    table = names.of(node.relation, facts)
    tables = questions.family(facts, table, only=not node.row)
    if questions.relation(facts, table).kind != "p":
        tables = (table,)
    locks = dict.fromkeys(tables, Lock.SHARE_ROW_EXCLUSIVE)
    if node.HasField("constrrel"):
        locks[names.of(node.constrrel, facts)] = Lock.ACCESS_SHARE
    return Price("CREATE CONSTRAINT TRIGGER" if node.isconstraint else "CREATE TRIGGER", locks)
