from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic.operations import ops
from rolling import sql, written

from phased.fact import Facts, RelationFacts
from phased.hints import filled_by
from phased.recipe import Context
from phased.recipes import add_foreign_key

TREE = {
    "posts": RelationFacts(kind="p", partitions=("posts_1", '"Old".posts_2')),
    "posts_1": RelationFacts(parent="posts"),
    '"Old".posts_2': RelationFacts(parent="posts"),
}


def key(**options: Any) -> ops.CreateForeignKeyOp:
    columns = (["author_id"], ["id"])
    name = sa.schema.conv("fk_posts_author")
    return ops.CreateForeignKeyOp(name, "posts", "users", *columns, **options)


def adding(column: sa.Column[Any]) -> Context:
    table = sa.Table("posts", sa.MetaData(), sa.Column("id", sa.Integer), column)
    return Context(tables={"posts": table}, added=frozenset({("posts", column.name)}))


def test_old_code_may_break_it() -> None:
    phases = add_foreign_key.phases(key(ondelete="CASCADE"), Context())
    assert written(phases) == {
        "contract": [
            (
                "op.create_foreign_key(op.f('fk_posts_author'), 'posts', 'users', ['author_id'], "
                "['id'], ondelete='CASCADE', postgresql_not_valid=True)"
            ),
            "op.validate_constraint('fk_posts_author', 'posts')",
        ]
    }
    assert sql(phases) == {
        "contract": [
            (
                "ALTER TABLE posts ADD CONSTRAINT fk_posts_author FOREIGN KEY(author_id) "
                "REFERENCES users (id) ON DELETE CASCADE NOT VALID"
            ),
            "ALTER TABLE posts VALIDATE CONSTRAINT fk_posts_author",
        ]
    }


def test_schemas_quoted_names_and_when_it_is_checked() -> None:
    metadata = sa.MetaData()
    sa.Table("User", metadata, sa.Column("Id", sa.Integer, primary_key=True), schema="Auth")
    order = sa.Table("Order", metadata, sa.Column("userId", sa.Integer), schema="Sales")
    constraint = sa.ForeignKeyConstraint(
        [order.c.userId],
        ["Auth.User.Id"],
        name=sa.schema.conv("fk Order"),
        deferrable=True,
        initially="DEFERRED",
        onupdate="CASCADE",
        match="FULL",
    )
    order.append_constraint(constraint)
    op = ops.CreateForeignKeyOp.from_constraint(constraint)
    assert sql(add_foreign_key.phases(op, Context())) == {
        "contract": [
            (
                'ALTER TABLE "Sales"."Order" ADD CONSTRAINT "fk Order" FOREIGN KEY("userId") '
                'REFERENCES "Auth"."User" ("Id") MATCH FULL ON UPDATE CASCADE '
                "DEFERRABLE INITIALLY DEFERRED NOT VALID"
            ),
            'ALTER TABLE "Sales"."Order" VALIDATE CONSTRAINT "fk Order"',
        ]
    }


def test_a_column_that_only_new_code_writes() -> None:
    context = adding(sa.Column("author_id", sa.Integer))
    assert list(sql(add_foreign_key.phases(key(), context))) == ["expand"]


def test_a_new_column_that_is_filled_is_in_old_rows_too() -> None:
    for column in (
        sa.Column("author_id", sa.Integer, server_default="1"),
        sa.Column("author_id", sa.Integer, info=filled_by("owner_id")),
    ):
        assert list(sql(add_foreign_key.phases(key(), adding(column)))) == ["contract"]


def test_on_a_table_that_this_revision_creates_it_is_plain() -> None:
    phases = add_foreign_key.phases(key(), Context(created=frozenset({"posts"})))
    assert sql(phases) == {
        "expand": [
            (
                "ALTER TABLE posts ADD CONSTRAINT fk_posts_author FOREIGN KEY(author_id) "
                "REFERENCES users (id)"
            )
        ]
    }


def test_a_partitioned_table_takes_not_valid_from_18_on() -> None:
    phases = add_foreign_key.phases(key(), Context(facts=Facts(server=18, relations=TREE)))
    assert len(sql(phases)["contract"]) == 2


def test_before_18_the_parent_adopts_what_its_partitions_have() -> None:
    phases = add_foreign_key.phases(key(), Context(facts=Facts(server=16, relations=TREE)))
    body = "ADD CONSTRAINT fk_posts_author FOREIGN KEY(author_id) REFERENCES users (id)"
    assert sql(phases) == {
        "contract": [
            f'ALTER TABLE "Old".posts_2 {body} NOT VALID',
            'ALTER TABLE "Old".posts_2 VALIDATE CONSTRAINT fk_posts_author',
            f"ALTER TABLE posts_1 {body} NOT VALID",
            "ALTER TABLE posts_1 VALIDATE CONSTRAINT fk_posts_author",
            f"ALTER TABLE posts {body}",
        ]
    }
    assert written(phases)["contract"][-2] == (
        "# phased: allow scan_under_blocking_lock because it adopts the partitions' foreign keys"
    )
