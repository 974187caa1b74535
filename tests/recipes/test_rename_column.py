from __future__ import annotations

import pytest
import sqlalchemy as sa
from rolling import written
from successions import EVERY, RENAMED, added, dropped

from phased.errors.changes import PrimaryKeyNeedsWindow
from phased.fact import ConstraintFacts, Facts, RelationFacts
from phased.recipe import Context
from phased.recipes import rename_column
from phased.succession import SucceedOp

ADD = "op.add_column('Order', sa.Column('user name', sa.Text(), nullable=True), schema='Sales')"
SYNC = "op.sync_columns('Order', old='userName', new='user name', schema='Sales')"
FILL = "op.backfill('Order', {'user name': '\"userName\"'}, schema='Sales')"


@pytest.mark.parametrize("name", EVERY)
def test_it_is_for_renames(name: str) -> None:
    for op in EVERY[name]:
        assert rename_column.applies(op, Context()) == (name == "rename_column")


def test_a_nullable_column() -> None:
    found = written(rename_column.phases(RENAMED, Context()))
    assert found == {"expand": [ADD, SYNC], "backfill": [FILL]}


def test_a_column_that_must_be_there() -> None:
    op = SucceedOp([dropped("userName", nullable=False)], [added("user name", nullable=False)])
    assert written(rename_column.phases(op, Context())) == {
        "expand": [ADD, SYNC],
        "backfill": [FILL],
        "contract": [
            (
                "op.create_check_constraint(op.f('Order_user name_is_not_null'), 'Order', "
                "'\"user name\" IS NOT NULL', schema='Sales', postgresql_not_valid=True)"
            ),
            "op.validate_constraint('Order_user name_is_not_null', 'Order', schema='Sales')",
            (
                "op.alter_column('Order', 'user name',\n           nullable=False,\n"
                "           schema='Sales')"
            ),
            (
                "op.drop_constraint(op.f('Order_user name_is_not_null'), 'Order', "
                "schema='Sales', type_='check')"
            ),
        ],
    }


def test_the_default_of_the_new_column_comes_when_old_code_is_gone() -> None:
    old = dropped("userName", server_default="x")
    op = SucceedOp([old], [added("user name", server_default="x", comment="it's")])
    found = written(rename_column.phases(op, Context()))
    assert found["expand"] == [
        (
            "op.add_column('Order', sa.Column('user name', sa.Text(), nullable=True, "
            "comment=\"it's\"), schema='Sales')"
        ),
        SYNC,
    ]
    assert found["contract"] == [
        (
            "op.alter_column('Order', 'user name',\n"
            "           server_default=sa.text(\"'x'\"),\n           schema='Sales')"
        )
    ]


def test_a_default_that_is_new_is_the_old_columns_until_then() -> None:
    op = SucceedOp([dropped("userName")], [added("user name", server_default="x")])
    assert written(rename_column.phases(op, Context()))["expand"] == [
        ADD,
        (
            "op.alter_column('Order', 'userName',\n"
            "           server_default=sa.text(\"'x'\"),\n           schema='Sales')"
        ),
        SYNC,
    ]


def test_new_code_may_write_null_where_old_code_never_did() -> None:
    op = SucceedOp([dropped("userName", nullable=False)], [added("user name")])
    relaxed = "op.alter_column('Order', 'userName',\n           nullable=True,\n"
    assert written(rename_column.phases(op, Context()))["expand"] == [
        ADD,
        f"{relaxed}           schema='Sales')",
        SYNC,
    ]


def test_a_part_of_the_primary_key() -> None:
    key = ConstraintFacts("p", ("id", "userName"))
    order = RelationFacts(constraints={"pk": key})
    context = Context(Facts(known=True, relations={'"Sales"."Order"': order}))
    op = SucceedOp([dropped("userName", sa.Integer)], [added("user name", sa.Integer)])
    with pytest.raises(PrimaryKeyNeedsWindow, match="is to be \\(id, user name\\)"):
        rename_column.phases(op, context)
