from __future__ import annotations

from rolling import rendered, statements

from phased.operations.rename_constraint import RenameConstraintOp
from phased.record import undo


def test_it_is_written_and_read_back() -> None:
    op = RenameConstraintOp('ck "a"', "ck_b", "Order", schema="Sales")
    text = rendered(op)
    assert text == "op.rename_constraint('ck \"a\"', 'ck_b', 'Order', schema='Sales')"
    assert statements([text]) == [
        'ALTER TABLE "Sales"."Order" RENAME CONSTRAINT "ck ""a""" TO ck_b'
    ]


def test_its_reverse_is_the_old_name() -> None:
    op = RenameConstraintOp("ck_a", "ck_b", "users")
    assert undo(op) == ("ALTER TABLE users RENAME CONSTRAINT ck_b TO ck_a",)
