from __future__ import annotations

from rolling import rendered, statements

from phased.operations.create_unique_constraint_on_only import CreateUniqueConstraintOnOnlyOp
from phased.record import undo


def test_it_is_written_and_read_back_with_every_option() -> None:
    op = CreateUniqueConstraintOnOnlyOp(
        "uq Order",
        "Order",
        ["userId", "day"],
        schema="Sales",
        deferrable=True,
        initially="DEFERRED",
        postgresql_nulls_not_distinct=True,
        postgresql_include=["note"],
    )
    assert statements([rendered(op)]) == [
        (
            'ALTER TABLE ONLY "Sales"."Order" ADD CONSTRAINT "uq Order" '
            'UNIQUE NULLS NOT DISTINCT ("userId", day) INCLUDE (note) DEFERRABLE INITIALLY DEFERRED'
        )
    ]


def test_its_reverse_drops_it() -> None:
    op = CreateUniqueConstraintOnOnlyOp("uq", "events", ["kind"])
    assert undo(op) == ("ALTER TABLE events DROP CONSTRAINT uq",)
