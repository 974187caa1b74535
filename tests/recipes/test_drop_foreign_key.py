from __future__ import annotations

import pytest
from alembic.operations import ops
from rolling import sql
from successions import RENAMED

from phased.recipe import Context
from phased.recipes import drop_foreign_key


def gone(**options: str) -> ops.DropConstraintOp:
    before = ops.CreateForeignKeyOp("fk", "posts", "users", ["author_id"], ["id"], **options)
    return ops.DropConstraintOp("fk", "posts", type_="foreignkey", schema="Sales", _reverse=before)


@pytest.mark.parametrize("action", ["NO ACTION", "RESTRICT", "restrict"])
def test_one_that_only_refuses_goes_in_expand(action: str) -> None:
    drop = ['ALTER TABLE "Sales".posts DROP CONSTRAINT fk']
    assert sql(drop_foreign_key.phases(gone(), Context())) == {"expand": drop}
    assert sql(drop_foreign_key.phases(gone(ondelete=action), Context())) == {"expand": drop}


@pytest.mark.parametrize("event", ["ondelete", "onupdate"])
@pytest.mark.parametrize("action", ["CASCADE", "SET NULL", "set default", "SET NULL (author_id)"])
def test_one_that_acts_for_old_code_waits_for_contract(event: str, action: str) -> None:
    assert list(sql(drop_foreign_key.phases(gone(**{event: action}), Context()))) == ["contract"]


def test_one_that_is_not_known_waits_for_contract() -> None:
    op = ops.DropConstraintOp("fk", "posts", type_="foreignkey")
    assert list(sql(drop_foreign_key.phases(op, Context()))) == ["contract"]


def test_it_leaves_other_constraints_alone() -> None:
    assert drop_foreign_key.applies(gone(), Context())
    check = ops.DropConstraintOp("ck", "posts", type_="check")
    assert not drop_foreign_key.applies(check, Context())


def test_one_from_or_to_a_column_that_is_carried_on_guards_it_until_contract() -> None:
    context = Context(successions=(RENAMED,))
    out = ops.CreateForeignKeyOp(
        "fk", "Order", "users", ["userName"], ["id"], source_schema="Sales"
    )
    into = ops.CreateForeignKeyOp(
        "fk", "posts", "Order", ["order"], ["userName"], referent_schema="Sales"
    )
    for before, schema in ((out, "Sales"), (into, None)):
        table = before.source_table
        op = ops.DropConstraintOp("fk", table, type_="foreignkey", schema=schema, _reverse=before)
        assert list(sql(drop_foreign_key.phases(op, context))) == ["contract"]
        assert list(sql(drop_foreign_key.phases(op, Context()))) == ["expand"]
