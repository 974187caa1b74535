from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic.operations import ops
from rolling import sql, written

from phased.recipe import Context, Replace
from phased.recipes import change_check


def change(old: Any, new: Any, schema: str | None = None) -> Replace:
    name = sa.schema.conv("ck_posts")
    before = ops.CreateCheckConstraintOp(name, "posts", old, schema=schema)
    known = None if old is None else before
    drop = ops.DropConstraintOp(name, "posts", type_="check", schema=schema, _reverse=known)
    return Replace(drop, ops.CreateCheckConstraintOp(name, "posts", new, schema=schema))


def test_either_holds_while_both_releases_run() -> None:
    phases = change_check.phases(change("kind = 'a'", "kind IN ('a', 'b')"), Context())
    assert sql(phases) == {
        "expand": [
            (
                "ALTER TABLE posts ADD CONSTRAINT ck_posts_or_new "
                "CHECK ((kind = 'a') OR (kind IN ('a', 'b'))) NOT VALID"
            ),
            "ALTER TABLE posts DROP CONSTRAINT ck_posts",
        ],
        "contract": [
            "ALTER TABLE posts ADD CONSTRAINT ck_posts CHECK (kind IN ('a', 'b')) NOT VALID",
            "ALTER TABLE posts VALIDATE CONSTRAINT ck_posts",
            "ALTER TABLE posts DROP CONSTRAINT ck_posts_or_new",
        ],
    }


def test_what_looks_like_a_restriction_is_waived_on_one_line() -> None:
    phases = change_check.phases(change("kind = 'a'", "kind = 'b'"), Context())
    assert written(phases)["expand"][0] == f"# {change_check.ACCEPTS_OLD}"


def test_in_a_schema_with_a_name_that_a_convention_would_change() -> None:
    phases = change_check.phases(change("a = ' :x'", "\"B\" LIKE '%'", "Sales"), Context())
    assert written(phases)["expand"][1].startswith(
        "op.create_check_constraint(op.f('ck_posts_or_new'), 'posts', "
    )


def test_a_literal_with_a_colon_or_a_percent_sign() -> None:
    old, new = sa.text(r"a = ' \:x'"), sa.text("a LIKE '%'")
    assert sql(change_check.phases(change(old, new), Context()))["expand"][0] == (
        "ALTER TABLE posts ADD CONSTRAINT ck_posts_or_new "
        "CHECK ((a = ' :x') OR (a LIKE '%')) NOT VALID"
    )


def test_without_the_old_definition_the_old_check_just_goes() -> None:
    assert sql(change_check.phases(change(None, "kind = 'b'"), Context())) == {
        "expand": ["ALTER TABLE posts DROP CONSTRAINT ck_posts"],
        "contract": [
            "ALTER TABLE posts ADD CONSTRAINT ck_posts CHECK (kind = 'b') NOT VALID",
            "ALTER TABLE posts VALIDATE CONSTRAINT ck_posts",
        ],
    }
