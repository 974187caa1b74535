from __future__ import annotations

import sqlalchemy as sa
from rolling import rendered, statements

from phased.operations.create_index_on_only import CreateIndexOnOnlyOp
from phased.record import undo


def test_it_is_written_and_read_back_with_every_option() -> None:
    op = CreateIndexOnOnlyOp(
        "ix ON Order",
        "Order",
        ["userId", sa.text("lower(note) DESC")],
        schema="Sales",
        unique=True,
        postgresql_where=sa.text("note <> ' ON 100%'"),
        postgresql_include=["id"],
    )
    assert statements([rendered(op)]) == [
        (
            'CREATE UNIQUE INDEX "ix ON Order" ON ONLY "Sales"."Order" ("userId", lower(note) DESC)'
            " INCLUDE (id) WHERE note <> ' ON 100%'"
        )
    ]


def test_its_reverse_drops_it() -> None:
    assert undo(CreateIndexOnOnlyOp("ix", "events", ["kind"])) == ("DROP INDEX ix",)
