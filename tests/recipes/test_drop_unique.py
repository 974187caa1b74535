from __future__ import annotations

from typing import Any

from alembic.operations import ops
from rolling import sql
from successions import RENAMED

from phased.fact import ColumnFacts, Facts, RelationFacts
from phased.recipe import Context
from phased.recipes import drop_unique

FACTS = Facts(
    relations={
        "users": RelationFacts(
            columns={"plan": ColumnFacts("text", default="'free'"), "email": ColumnFacts("text")}
        )
    }
)


def gone(*columns: str, **options: Any) -> ops.DropConstraintOp:
    before = ops.CreateUniqueConstraintOp("uq_users", "users", columns, **options)
    return ops.DropConstraintOp("uq_users", "users", type_="unique", _reverse=before)


def dropping(*columns: str) -> Context:
    return Context(facts=FACTS, dropped=frozenset(("users", column) for column in columns))


def test_old_code_may_name_it_in_on_conflict() -> None:
    assert sql(drop_unique.phases(gone("email"), Context())) == {
        "contract": ["ALTER TABLE users DROP CONSTRAINT uq_users"]
    }


def test_over_a_column_that_leaves_and_stays_null_it_refuses_nothing() -> None:
    assert list(sql(drop_unique.phases(gone("email"), dropping("email")))) == ["contract"]
    both = gone("email", "plan")
    assert list(sql(drop_unique.phases(both, dropping("email", "plan")))) == ["contract"]


def test_over_a_column_that_leaves_and_has_a_default_it_would_refuse_new_rows() -> None:
    assert sql(drop_unique.phases(gone("plan", "id"), dropping("plan"))) == {
        "expand": ["ALTER TABLE users DROP CONSTRAINT uq_users"]
    }


def test_nulls_that_are_not_distinct_would_refuse_new_rows_too() -> None:
    op = gone("email", postgresql_nulls_not_distinct=True)
    assert list(sql(drop_unique.phases(op, dropping("email")))) == ["expand"]
    assert list(sql(drop_unique.phases(op, Context(facts=FACTS)))) == ["contract"]


def test_it_goes_with_its_table() -> None:
    assert sql(drop_unique.phases(gone("email"), Context(dropped=frozenset({"users"})))) == {}


def test_it_leaves_other_constraints_alone() -> None:
    assert drop_unique.applies(gone("email"), Context())
    assert not drop_unique.applies(ops.DropConstraintOp("ck", "users", type_="check"), Context())


def test_a_column_that_is_carried_on_is_written_by_a_trigger() -> None:
    before = ops.CreateUniqueConstraintOp(
        "uq", "Order", ["userName"], schema="Sales", postgresql_nulls_not_distinct=True
    )
    op = ops.DropConstraintOp("uq", "Order", type_="unique", schema="Sales", _reverse=before)
    gone = frozenset({('"Sales"."Order"', "userName")})
    assert list(sql(drop_unique.phases(op, Context(dropped=gone)))) == ["expand"]
    carried = Context(dropped=gone, successions=(RENAMED,))
    assert list(sql(drop_unique.phases(op, carried))) == ["contract"]
