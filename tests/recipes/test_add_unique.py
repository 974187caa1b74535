from __future__ import annotations

from typing import Any

from alembic.operations import ops
from rolling import sql, written

from phased.fact import Facts, RelationFacts
from phased.recipe import Context
from phased.recipes import add_unique


def unique(
    *columns: str, schema: str | None = None, **options: Any
) -> ops.CreateUniqueConstraintOp:
    return ops.CreateUniqueConstraintOp("uq_users", "users", columns, schema=schema, **options)


def test_the_index_first_then_the_constraint() -> None:
    phases = add_unique.phases(unique("email"), Context())
    assert written(phases) == {
        "contract": [
            (
                "op.create_index('uq_users', 'users', ['email'], unique=True, "
                "postgresql_concurrently=True)"
            ),
            "op.create_unique_constraint_using_index('uq_users', 'users', 'uq_users')",
        ]
    }
    assert sql(phases) == {
        "contract": [
            "CREATE UNIQUE INDEX CONCURRENTLY uq_users ON users (email)",
            "ALTER TABLE users ADD CONSTRAINT uq_users UNIQUE USING INDEX uq_users",
        ]
    }


def test_every_option_survives() -> None:
    op = unique(
        "userId",
        "day",
        schema="Sales",
        deferrable=True,
        initially="DEFERRED",
        postgresql_include=["note"],
        postgresql_nulls_not_distinct=True,
    )
    assert sql(add_unique.phases(op, Context())) == {
        "contract": [
            (
                'CREATE UNIQUE INDEX CONCURRENTLY uq_users ON "Sales".users ("userId", day) '
                "INCLUDE (note) NULLS NOT DISTINCT"
            ),
            (
                'ALTER TABLE "Sales".users ADD CONSTRAINT uq_users UNIQUE USING INDEX uq_users '
                "DEFERRABLE INITIALLY DEFERRED"
            ),
        ]
    }


def test_on_new_columns_alone_it_is_there_before_new_code_runs() -> None:
    added = Context(added=frozenset({("users", "email")}))
    assert list(sql(add_unique.phases(unique("email"), added))) == ["backfill"]
    assert list(sql(add_unique.phases(unique("email", "id"), added))) == ["contract"]


def test_on_a_table_that_this_revision_creates_it_is_plain() -> None:
    phases = add_unique.phases(unique("email"), Context(created=frozenset({"users"})))
    assert sql(phases) == {"expand": ["ALTER TABLE users ADD CONSTRAINT uq_users UNIQUE (email)"]}


def test_partitions_get_it_first_and_are_attached() -> None:
    tree = {
        "users": RelationFacts(kind="p", partitions=("users_1", "users_2", "users_21")),
        "users_1": RelationFacts(parent="users"),
        "users_2": RelationFacts(kind="p", parent="users"),
        "users_21": RelationFacts(parent="users_2"),
    }
    context = Context(facts=Facts(relations=tree))
    assert sql(add_unique.phases(unique("email"), context)) == {
        "contract": [
            "CREATE UNIQUE INDEX CONCURRENTLY users_1_uq_users ON users_1 (email)",
            (
                "ALTER TABLE users_1 ADD CONSTRAINT users_1_uq_users "
                "UNIQUE USING INDEX users_1_uq_users"
            ),
            "ALTER TABLE ONLY users_2 ADD CONSTRAINT users_2_uq_users UNIQUE (email)",
            "CREATE UNIQUE INDEX CONCURRENTLY users_21_uq_users ON users_21 (email)",
            (
                "ALTER TABLE users_21 ADD CONSTRAINT users_21_uq_users "
                "UNIQUE USING INDEX users_21_uq_users"
            ),
            "ALTER TABLE ONLY users ADD CONSTRAINT uq_users UNIQUE (email)",
            "ALTER INDEX users_2_uq_users ATTACH PARTITION users_21_uq_users",
            "ALTER INDEX uq_users ATTACH PARTITION users_2_uq_users",
            "ALTER INDEX uq_users ATTACH PARTITION users_1_uq_users",
        ]
    }
