from __future__ import annotations

from rolling import sql, written

from phased.operations.add_enum_value import AddEnumValueOp
from phased.recipe import Context
from phased.recipes import add_enum_value


def test_it_is_there_before_new_code_writes_it() -> None:
    op = AddEnumValueOp("mood", "it's", schema="Sales")
    assert sql(add_enum_value.phases(op, Context())) == {
        "expand": ["ALTER TYPE \"Sales\".mood ADD VALUE 'it''s'"]
    }


def test_it_takes_its_place() -> None:
    before = AddEnumValueOp("Mood", "b", before="c")
    after = AddEnumValueOp("Mood", "b", after="a")
    assert sql(add_enum_value.phases(before, Context())) == {
        "expand": ["ALTER TYPE \"Mood\" ADD VALUE 'b' BEFORE 'c'"]
    }
    assert sql(add_enum_value.phases(after, Context())) == {
        "expand": ["ALTER TYPE \"Mood\" ADD VALUE 'b' AFTER 'a'"]
    }


def test_the_revision_says_that_readers_come_first() -> None:
    lines = written(add_enum_value.phases(AddEnumValueOp("mood", "b"), Context()))["expand"]
    assert lines[0].startswith("# Before anybody writes 'b', every reader must tolerate it")
    assert lines[1] == "op.add_enum_value('mood', 'b')"
