from __future__ import annotations

from rolling import rendered, statements

from phased.operations.carry import CarryOp
from phased.record import undo

GRANT = 'GRANT SELECT (handle) ON users TO "100%: :x" -- it\'s'


def test_it_runs_as_it_stands() -> None:
    assert statements([rendered(CarryOp(GRANT))]) == [GRANT]


def test_it_goes_with_the_new_column() -> None:
    assert undo(CarryOp(GRANT)) == ()


def test_it_is_taken_back() -> None:
    operation = CarryOp("CREATE OR REPLACE TRIGGER t ...", back="CREATE TRIGGER t ...")
    assert undo(operation) == ("CREATE TRIGGER t ...",)
    text = "op.carry('CREATE OR REPLACE TRIGGER t ...', back='CREATE TRIGGER t ...')"
    assert rendered(operation) == text
    assert rendered(CarryOp("")) == ""
