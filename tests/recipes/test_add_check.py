from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from alembic.operations import ops
from rolling import sql, written

from phased.hints import filled_by
from phased.recipe import Context
from phased.recipes import add_check


def check(condition: Any, **options: Any) -> ops.CreateCheckConstraintOp:
    return ops.CreateCheckConstraintOp(sa.schema.conv("ck_posts"), "posts", condition, **options)


def adding(*columns: sa.Column[Any]) -> Context:
    table = sa.Table("posts", sa.MetaData(), sa.Column("id", sa.Integer), *columns)
    added = frozenset(("posts", column.name) for column in columns)
    return Context(tables={"posts": table}, added=added)


def test_old_code_may_break_it() -> None:
    phases = add_check.phases(check("score >= 0"), Context())
    assert written(phases) == {
        "contract": [
            (
                "op.create_check_constraint(op.f('ck_posts'), 'posts', 'score >= 0', "
                "postgresql_not_valid=True)"
            ),
            "op.validate_constraint('ck_posts', 'posts')",
        ]
    }
    assert sql(phases) == {
        "contract": [
            "ALTER TABLE posts ADD CONSTRAINT ck_posts CHECK (score >= 0) NOT VALID",
            "ALTER TABLE posts VALIDATE CONSTRAINT ck_posts",
        ]
    }


@pytest.mark.parametrize(
    "condition",
    [
        "email LIKE '%@%'",
        "code ~ '^a: b'",
        "note <> ' :name'",
        "note::text <> '100%'",
        r"path <> 'C:\dir'",
        "\"userId\" > 0 AND 'it''s' <> note",
    ],
)
def test_the_condition_reaches_the_server_as_it_is(condition: str) -> None:
    op = check(sa.text(condition.replace(":name", r"\:name")))
    assert sql(add_check.phases(op, Context()))["contract"][0] == (
        f"ALTER TABLE posts ADD CONSTRAINT ck_posts CHECK ({condition}) NOT VALID"
    )


def test_an_expression_of_the_model_in_a_schema() -> None:
    table = sa.Table("Order", sa.MetaData(), sa.Column("userId", sa.Integer), schema="Sales")
    constraint = sa.CheckConstraint(table.c.userId > 0, name=sa.schema.conv("ck Order"))
    table.append_constraint(constraint)
    op = ops.CreateCheckConstraintOp.from_constraint(constraint)
    assert sql(add_check.phases(op, Context())) == {
        "contract": [
            'ALTER TABLE "Sales"."Order" ADD CONSTRAINT "ck Order" CHECK ("userId" > 0) NOT VALID',
            'ALTER TABLE "Sales"."Order" VALIDATE CONSTRAINT "ck Order"',
        ]
    }


def test_columns_that_stay_null_until_new_code_writes_them() -> None:
    context = adding(sa.Column("score", sa.Integer))
    assert list(sql(add_check.phases(check("score >= 0"), context))) == ["expand"]


@pytest.mark.parametrize(
    ("condition", "column"),
    [
        ("score IS NOT NULL", sa.Column("score", sa.Integer)),
        ("num_nonnulls(score) = 1", sa.Column("score", sa.Integer)),
        ("score > id", sa.Column("score", sa.Integer)),
        ("score >= 0", sa.Column("score", sa.Integer, server_default="0")),
        ("score >= 0", sa.Column("score", sa.Integer, info=filled_by("id"))),
    ],
    ids=["not null", "counts nulls", "old column too", "default", "filled"],
)
def test_what_old_code_can_break_on_a_new_column(condition: str, column: sa.Column[Any]) -> None:
    assert list(sql(add_check.phases(check(condition), adding(column)))) == ["contract"]


def test_on_a_table_that_this_revision_creates_it_is_plain() -> None:
    phases = add_check.phases(check("score >= 0"), Context(created=frozenset({"posts"})))
    assert sql(phases) == {
        "expand": ["ALTER TABLE posts ADD CONSTRAINT ck_posts CHECK (score >= 0)"]
    }
