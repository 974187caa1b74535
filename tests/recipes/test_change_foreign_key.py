from __future__ import annotations

from alembic.operations import ops
from rolling import sql

from phased.recipe import Context, Replace
from phased.recipes import change_foreign_key


def test_the_new_one_is_valid_before_the_old_one_goes() -> None:
    name, schema = "fk_posts_author", "Sales"
    drop = ops.DropConstraintOp(name, "posts", type_="foreignkey", schema=schema)
    create = ops.CreateForeignKeyOp(
        name,
        "posts",
        "users",
        ["author_id"],
        ["id"],
        ondelete="CASCADE",
        source_schema=schema,
        referent_schema="Auth",
    )
    assert sql(change_foreign_key.phases(Replace(drop, create), Context())) == {
        "contract": [
            (
                'ALTER TABLE "Sales".posts ADD CONSTRAINT fk_posts_author_new '
                'FOREIGN KEY(author_id) REFERENCES "Auth".users (id) ON DELETE CASCADE NOT VALID'
            ),
            'ALTER TABLE "Sales".posts VALIDATE CONSTRAINT fk_posts_author_new',
            'ALTER TABLE "Sales".posts DROP CONSTRAINT fk_posts_author',
            'ALTER TABLE "Sales".posts RENAME CONSTRAINT fk_posts_author_new TO fk_posts_author',
        ]
    }
