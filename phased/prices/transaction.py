"""BEGIN, COMMIT, ROLLBACK and savepoints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phased.price import Price
from phased.syntax.tree import enum

if TYPE_CHECKING:
    from phased.fact import Facts
    from phased.syntax.tree import Node

NODES = ("transaction_stmt",)
_WORDS = {
    "TRANS_STMT_BEGIN": "BEGIN",
    "TRANS_STMT_START": "START TRANSACTION",
    "TRANS_STMT_COMMIT": "COMMIT",
    "TRANS_STMT_ROLLBACK": "ROLLBACK",
    "TRANS_STMT_SAVEPOINT": "SAVEPOINT",
    "TRANS_STMT_RELEASE": "RELEASE SAVEPOINT",
    "TRANS_STMT_ROLLBACK_TO": "ROLLBACK TO SAVEPOINT",
    "TRANS_STMT_PREPARE": "PREPARE TRANSACTION",
    "TRANS_STMT_COMMIT_PREPARED": "COMMIT PREPARED",
    "TRANS_STMT_ROLLBACK_PREPARED": "ROLLBACK PREPARED",
}


def price(node: Node, facts: Facts) -> Price:
    """Nothing is locked; only savepoints belong inside of somebody else's transaction."""
    del facts  # no relation is touched
    kind = _WORDS[enum(node, "kind")]
    return Price(kind, transactional="SAVEPOINT" in kind)
