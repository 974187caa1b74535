from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from alembic.operations import ops
from rolling import sql, written

from phased.errors.models import FillsFromGenerated, HintSyntax
from phased.hints import filled_by
from phased.recipe import Context
from phased.recipes import add_filled_column

NOT_NULL = [
    "ALTER TABLE users ADD CONSTRAINT users_slug_is_not_null CHECK (slug IS NOT NULL) NOT VALID",
    "ALTER TABLE users VALIDATE CONSTRAINT users_slug_is_not_null",
    "ALTER TABLE users ALTER COLUMN slug SET NOT NULL",
    "ALTER TABLE users DROP CONSTRAINT users_slug_is_not_null",
]


def adding(expression: str, **options: Any) -> ops.AddColumnOp:
    options = {"nullable": False, **options}
    return ops.AddColumnOp(
        "users", sa.Column("slug", sa.Text, info=filled_by(expression), **options)
    )


def test_the_same_for_every_row_is_a_default_for_a_while() -> None:
    phases = add_filled_column.phases(adding("'a:b ' || ':c'"), Context())
    assert sql(phases) == {
        "expand": ["ALTER TABLE users ADD COLUMN slug TEXT DEFAULT 'a:b ' || ':c' NOT NULL"],
        "contract": ["ALTER TABLE users ALTER COLUMN slug DROP DEFAULT"],
    }
    assert written(phases)["expand"][0].startswith("# ")


def test_another_for_every_row() -> None:
    assert sql(add_filled_column.phases(adding("md5(random()::text)"), Context())) == {
        "expand": [
            "ALTER TABLE users ADD COLUMN slug TEXT",
            "ALTER TABLE users ALTER COLUMN slug SET DEFAULT md5(random()::text)",
        ],
        "backfill": ["UPDATE users SET slug = md5(random()::text) WHERE slug IS NULL"],
        "contract": [*NOT_NULL, "ALTER TABLE users ALTER COLUMN slug DROP DEFAULT"],
    }


@pytest.mark.parametrize("expression", ["lower(username)", "(SELECT max(name) FROM names)"])
def test_from_columns_or_a_query_needs_a_trigger(expression: str) -> None:
    found = sql(add_filled_column.phases(adding(expression), Context()))
    assert found["expand"][0] == "ALTER TABLE users ADD COLUMN slug TEXT"
    assert found["expand"][1].startswith("CREATE FUNCTION phased_fill_users_slug()")
    assert found["expand"][2].startswith('CREATE TRIGGER "~phased_fill_slug"')
    assert found["backfill"] == [f"UPDATE users SET slug = {expression} WHERE slug IS NULL"]
    assert found["contract"] == [
        *NOT_NULL,
        'DROP TRIGGER "~phased_fill_slug" ON users',
        "DROP FUNCTION phased_fill_users_slug()",
    ]


def test_its_own_default_stays_and_the_rows_get_the_expression() -> None:
    op = adding("lower(username)", server_default="new")
    assert sql(add_filled_column.phases(op, Context())) == {
        "expand": [
            "ALTER TABLE users ADD COLUMN slug TEXT",
            "ALTER TABLE users ALTER COLUMN slug SET DEFAULT 'new'",
        ],
        "backfill": ["UPDATE users SET slug = lower(username) WHERE slug IS NULL"],
        "contract": NOT_NULL,
    }


def test_a_nullable_one_stays_nullable() -> None:
    found = sql(add_filled_column.phases(adding("'en'", nullable=True), Context()))
    assert found["expand"] == ["ALTER TABLE users ADD COLUMN slug TEXT DEFAULT 'en'"]
    found = sql(add_filled_column.phases(adding("lower(username)", nullable=True), Context()))
    assert [text.split()[0] for text in found["contract"]] == ["DROP", "DROP"]


@pytest.mark.parametrize("expression", ["", "lower(", "1), (2", "1, 2", "1 FROM users"])
def test_what_is_no_expression(expression: str) -> None:
    with pytest.raises(HintSyntax, match="Nothing was written"):
        add_filled_column.applies(adding(expression), Context())


def test_a_generated_column_is_still_null_in_the_trigger() -> None:
    generated = sa.Column("low", sa.Text, sa.Computed("lower(username)", persisted=True))
    table = sa.Table("users", sa.MetaData(), sa.Column("username", sa.Text), generated)
    with pytest.raises(FillsFromGenerated, match=r"low: lower\(username\)"):
        add_filled_column.phases(adding("low || '!'"), Context(tables={"users": table}))
