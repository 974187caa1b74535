"""Drops and adds of which the models say that one carries on the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from alembic.operations import ops

from phased.errors.succession import (
    ConversionKeepsOld,
    ConversionNeedsDown,
    ConversionNeedsUp,
    ConversionsDisagree,
)
from phased.hints import converted_from
from phased.recipe import Context
from phased.succession import RetireOp, SucceedOp, converted, retired, succeed

if TYPE_CHECKING:
    from alembic.operations import MigrateOperation

CONTEXT = Context()
NAME = ("split_part(name, ' ', 1)", "split_part(name, ' ', 2)")


def dropped(name: str, kind: Any = sa.Text, table: str = "users") -> ops.DropColumnOp:
    column: sa.Column[Any] = sa.Column(name, kind)
    sa.Table(table, sa.MetaData(), column)
    return ops.DropColumnOp.from_column_and_tablename(None, table, column)


def added(
    name: str, *old: str, kind: Any = sa.Text, table: str = "users", **given: Any
) -> ops.AddColumnOp:
    return ops.AddColumnOp(table, sa.Column(name, kind, info=converted_from(*old, **given)))


def one(*changes: MigrateOperation) -> SucceedOp:
    [made] = converted(changes, CONTEXT)
    assert isinstance(made, SucceedOp)
    return made


def test_a_conversion_that_is_said() -> None:
    drop, add = dropped("amount"), added("amount_v2", "amount", up="1 + 1", down="'2'")
    made = one(drop, add)
    assert (made.drops, made.adds) == ((drop,), (add,))
    assert (made.old, made.new) == (("amount",), ("amount_v2",))
    assert (made.up, made.down) == (("1 + 1",), ("'2'",))


def test_a_conversion_that_is_obvious() -> None:
    made = one(dropped("Amount"), added("amount_v2", "Amount", kind=sa.Integer))
    assert (made.up, made.down) == (('"Amount"::integer',), ("amount_v2::text",))


def test_what_is_said_comes_before_what_is_obvious() -> None:
    made = one(dropped("a"), added("b", "a", kind=sa.Integer, up="nullif(a, '')::int"))
    assert (made.up, made.down) == (("nullif(a, '')::int",), ("b::text",))


def test_one_column_for_several_stands_where_the_first_of_them_stood() -> None:
    before, after = dropped("x"), dropped("y")
    first = added("first", "name", up=NAME[0], down="concat_ws(' ', first, last)")
    last = added("last", "name", up=NAME[1])
    found = converted([before, last, dropped("name"), first, after], CONTEXT)
    assert [found[0], found[2]] == [before, after]
    made = found[1]
    assert isinstance(made, SucceedOp)
    assert (made.old, made.new) == (("name",), ("last", "first"))
    assert made.up == (NAME[1], NAME[0])
    assert made.down == ("concat_ws(' ', first, last)",)


def test_several_columns_for_one() -> None:
    last, first = dropped("last"), dropped("first")
    name = added("name", "first", "last", up="concat_ws(' ', first, last)", down=NAME)
    made = one(last, first, name)
    assert made.old == ("first", "last")
    assert (made.up, made.down) == (("concat_ws(' ', first, last)",), NAME)


def test_the_same_columns_of_two_tables_are_two_successions() -> None:
    changes = [
        dropped("a"),
        dropped("a", table="posts"),
        added("b", "a", up="a", down="b"),
        added("b", "a", table="posts", up="a", down="b"),
    ]
    found = converted(changes, CONTEXT)
    assert [getattr(made, "table_name", None) for made in found] == ["users", "posts"]


def test_columns_without_a_hint_stay_as_they_are() -> None:
    changes = [dropped("a"), ops.AddColumnOp("users", sa.Column("b", sa.Text))]
    assert converted(changes, CONTEXT) == changes


def test_columns_that_stay() -> None:
    with pytest.raises(ConversionKeepsOld, match=r"users\.b carries on a, and the models still"):
        converted([added("b", "a", up="a", down="b")], CONTEXT)
    with pytest.raises(ConversionKeepsOld, match="carries on last"):
        converted([dropped("first"), added("b", "first", "last", up="a", down="b")], CONTEXT)


def test_no_way_there() -> None:
    with pytest.raises(ConversionNeedsUp) as caught:
        converted([dropped("Is it"), added("b", "Is it", kind=sa.LargeBinary)], CONTEXT)
    message = str(caught.value)
    assert 'users.b carries on "Is it", and how its values are made' in message
    assert "b: ... info=converted_from('Is it', up='\"Is it\"::bytea', down='b::text')" in message


def test_no_way_there_from_several() -> None:
    with pytest.raises(ConversionNeedsUp, match=r"info=converted_from\('a', 'b', up='a\.\.\.'"):
        converted([dropped("a"), dropped("b"), added("c", "a", "b", down=("c", "c"))], CONTEXT)


def test_no_way_back() -> None:
    add = added("b", "a", kind=sa.LargeBinary, up="a::bytea")
    with pytest.raises(ConversionNeedsDown, match=r"up=\.\.\., down='b::text'"):
        converted([dropped("a"), add], CONTEXT)


def test_no_way_back_from_several() -> None:
    first, last = added("first", "name", up=NAME[0]), added("last", "name", up=NAME[1])
    with pytest.raises(ConversionNeedsDown) as caught:
        converted([dropped("name"), first, last], CONTEXT)
    message = str(caught.value)
    assert message.startswith("users.first carries on name, and nothing says how name is made")
    assert message.endswith("    first: ... info=converted_from('name', up=..., down='first...')")


@pytest.mark.parametrize(
    ("ways", "given"),
    [(("b", "c"), 1), ((("b", "c"), None), 2)],
    ids=["differently", "too many"],
)
def test_two_ways_back(ways: tuple[Any, Any], given: int) -> None:
    first, second = (
        added(name, "a", up="a", down=way) for name, way in zip("bc", ways, strict=True)
    )
    with pytest.raises(ConversionsDisagree, match=rf"b, c carries on a, .* It has {given}, or"):
        converted([dropped("a"), first, second], CONTEXT)


def test_two_ways_back_to_one() -> None:
    with pytest.raises(ConversionsDisagree, match=r"b carries on a, .* It has 2"):
        converted([dropped("a"), added("b", "a", up="a", down=("b", "b"))], CONTEXT)


def test_the_same_way_back_said_twice() -> None:
    adds = [added(name, "a", up="a", down="b || c") for name in "bc"]
    assert one(dropped("a"), *adds).down == ("b || c",)


def test_a_rename_of_the_same_type_needs_no_expression() -> None:
    for kind in (sa.String(20), sa.Numeric(9, 2), sa.ARRAY(sa.Integer)):
        add = ops.AddColumnOp("users", sa.Column("b", kind))
        made = succeed(dropped("a", kind), add, CONTEXT)
        assert isinstance(made, SucceedOp)
        assert (made.up, made.down) == (None, None)


def test_every_succession_ends() -> None:
    made, other = one(dropped("a"), added("b", "a", up="a", down="b")), dropped("c")
    begun, kept, ended = retired([made, other])
    assert (begun, kept) == (made, other)
    assert isinstance(ended, RetireOp)
    assert (ended.old, ended.new, ended.up, ended.down) == (("a",), ("b",), ("a",), ("b",))
