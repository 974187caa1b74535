"""Settings of tables and columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pricing import AE, SUE, assert_price

if TYPE_CHECKING:
    from phased.model import Lock


@pytest.mark.parametrize(
    ("change", "lock"),
    [
        ("SET (fillfactor = 70)", SUE),
        ("RESET (fillfactor)", SUE),
        ("SET (user_catalog_table = true)", AE),
        ("SET (fillfactor = 70), ALTER n SET STORAGE EXTERNAL", AE),
        ("ALTER n SET STATISTICS 100", SUE),
        ("ALTER n SET (n_distinct = 5)", SUE),
        ("REPLICA IDENTITY FULL", AE),
        ("OWNER TO somebody", AE),
        ("SET WITHOUT CLUSTER", SUE),
    ],
)
def test_lock(change: str, lock: Lock) -> None:
    assert_price(f"ALTER TABLE posts {change}", kind="ALTER TABLE", locks={"posts": lock})


def test_cluster_on_looks_at_the_index() -> None:
    sql = "ALTER TABLE a.posts CLUSTER ON i"
    assert_price(sql, kind="ALTER TABLE", locks={"a.posts": SUE, "a.i": SUE})


def test_an_index() -> None:
    assert_price("ALTER INDEX i SET (fillfactor = 70)", kind="ALTER INDEX", locks={"i": SUE})
