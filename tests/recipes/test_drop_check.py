from __future__ import annotations

from alembic.operations import ops
from rolling import sql, written
from successions import CONVERTED, RENAMED

from phased.recipe import Context
from phased.recipes import drop_check

GONE = ops.DropConstraintOp("ck_posts", "posts", type_="check", schema="Sales")


def test_it_relaxes_and_so_it_goes_in_expand() -> None:
    phases = drop_check.phases(GONE, Context())
    assert written(phases) == {
        "expand": ["op.drop_constraint('ck_posts', 'posts', schema='Sales', type_='check')"]
    }
    assert sql(phases) == {"expand": ['ALTER TABLE "Sales".posts DROP CONSTRAINT ck_posts']}


def test_it_goes_with_its_table() -> None:
    dropped = Context(dropped=frozenset({'"Sales".posts'}))
    assert sql(drop_check.phases(GONE, dropped)) == {}


def test_it_leaves_other_constraints_alone() -> None:
    assert drop_check.applies(GONE, Context())
    assert not drop_check.applies(ops.DropConstraintOp("uq", "posts", type_="unique"), Context())


def test_one_over_a_renamed_column_judges_both_sides_until_contract() -> None:
    before = ops.CreateCheckConstraintOp("ck", "Order", "\"userName\" <> ''", schema="Sales")
    op = ops.DropConstraintOp("ck", "Order", type_="check", schema="Sales", _reverse=before)
    assert list(sql(drop_check.phases(op, Context()))) == ["expand"]
    assert list(sql(drop_check.phases(op, Context(successions=(RENAMED,))))) == ["contract"]
    assert list(sql(drop_check.phases(op, Context(successions=(CONVERTED,))))) == ["expand"]
