from __future__ import annotations

from rolling import rendered, statements

from phased.operations.attach_index import AttachIndexOp
from phased.record import undo


def test_it_is_written_and_read_back() -> None:
    op = AttachIndexOp("ix", "ix Order", schema="Sales", partition_schema="Old")
    text = rendered(op)
    assert text == "op.attach_index('ix', 'ix Order', schema='Sales', partition_schema='Old')"
    assert statements([text]) == ['ALTER INDEX "Sales".ix ATTACH PARTITION "Old"."ix Order"']


def test_it_goes_with_its_parent() -> None:
    assert not undo(AttachIndexOp("ix", "ix_1"))
