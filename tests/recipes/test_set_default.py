from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from alembic.operations import ops
from rolling import sql

from phased.recipe import Context
from phased.recipes import drop_default, set_default


def default(new: Any, old: Any = None, schema: str | None = None) -> ops.AlterColumnOp:
    return ops.AlterColumnOp(
        "users",
        "userLocale",
        schema=schema,
        existing_type=sa.Text(),
        existing_nullable=False,
        existing_server_default=old,
        modify_server_default=new,
    )


def test_one_where_there_was_none() -> None:
    op = default(sa.DefaultClause("en"), schema="Sales")
    assert sql(set_default.phases(op, Context())) == {
        "expand": ['ALTER TABLE "Sales".users ALTER COLUMN "userLocale" SET DEFAULT \'en\'']
    }


def test_another_one_changes_what_old_rows_hold() -> None:
    op = default(sa.DefaultClause("de"), old=sa.DefaultClause(sa.text("'en'::text")))
    assert sql(set_default.phases(op, Context())) == {
        "contract": ["ALTER TABLE users ALTER COLUMN \"userLocale\" SET DEFAULT 'de'"]
    }


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("it's", "'it''s'"),
        ("100%", "'100%'"),
        ("'en'", "'''en'''"),
        ("'tis", "'''tis'"),
        ("", "''"),
        (sa.text("now()"), "now()"),
        (sa.text(r"' \:x'"), "' :x'"),
        (sa.text("'{\"a\": 1}'::jsonb"), "'{\"a\": 1}'::jsonb"),
        (sa.func.lower("X"), "lower('X')"),
    ],
)
def test_the_default_reaches_the_server_as_it_is(given: Any, expected: str) -> None:
    op = default(sa.DefaultClause(given))
    assert sql(set_default.phases(op, Context())) == {
        "expand": [f'ALTER TABLE users ALTER COLUMN "userLocale" SET DEFAULT {expected}']
    }


def test_it_takes_plain_defaults_alone() -> None:
    assert set_default.applies(default(sa.DefaultClause("en")), Context())
    for op in (
        default(None),
        default(sa.Identity()),
        default(sa.DefaultClause("1"), old=sa.Identity()),
        default(sa.Computed("a + b")),
        ops.AlterColumnOp("users", "a", modify_nullable=False),
        ops.AlterColumnOp("users", "a", modify_nullable=False, modify_server_default="1"),
        ops.AlterColumnOp("users", "a", modify_type=sa.Text(), modify_server_default="1"),
    ):
        assert not set_default.applies(op, Context())


def test_never_both() -> None:
    for op in (default(None, old=sa.DefaultClause("a")), default(sa.DefaultClause("a"))):
        assert set_default.applies(op, Context()) != drop_default.applies(op, Context())
