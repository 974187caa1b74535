from __future__ import annotations

import sqlalchemy as sa
from alembic.operations import ops
from rolling import sql

from phased.fact import Facts, RelationFacts
from phased.recipe import Context, Replace
from phased.recipes import change_index


def change(*columns: str, schema: str | None = None, **options: object) -> Replace:
    drop = ops.DropIndexOp("ix_users_email", table_name="users", schema=schema)
    create = ops.CreateIndexOp("ix_users_email", "users", columns, schema=schema, **options)  # type: ignore[arg-type] # SQLAlchemy takes names and expressions alike
    return Replace(drop, create)


def test_the_new_one_is_there_before_the_old_one_goes() -> None:
    assert sql(change_index.phases(change("email", "tenant"), Context())) == {
        "expand": [
            "CREATE INDEX CONCURRENTLY ix_users_email_new ON users (email, tenant)",
        ],
        "contract": [
            "DROP INDEX CONCURRENTLY ix_users_email",
            "ALTER INDEX ix_users_email_new RENAME TO ix_users_email",
        ],
    }


def test_in_a_schema() -> None:
    phases = change_index.phases(change("email", schema="Sales"), Context())
    assert sql(phases)["contract"] == [
        'DROP INDEX CONCURRENTLY "Sales".ix_users_email',
        'ALTER INDEX "Sales".ix_users_email_new RENAME TO ix_users_email',
    ]


def test_over_a_new_column_it_is_built_after_the_backfill() -> None:
    op = change("id", postgresql_where=sa.text("email IS NOT NULL"))
    added = Context(added=frozenset({("users", "email")}))
    assert list(sql(change_index.phases(op, added))) == ["backfill", "contract"]


def test_a_unique_one_restricts_and_so_it_is_all_contract() -> None:
    assert sql(change_index.phases(change("email", unique=True), Context())) == {
        "contract": [
            "CREATE UNIQUE INDEX CONCURRENTLY ix_users_email_new ON users (email)",
            "DROP INDEX CONCURRENTLY ix_users_email",
            "ALTER INDEX ix_users_email_new RENAME TO ix_users_email",
        ]
    }


def test_a_long_name_stays_within_63_bytes() -> None:
    name = "ix_" + "x" * 60
    op = Replace(
        ops.DropIndexOp(name, table_name="users"), ops.CreateIndexOp(name, "users", ["email"])
    )
    (built,) = change_index.phases(op, Context()).expand
    assert isinstance(built, ops.CreateIndexOp)
    assert built.index_name != name
    assert len(str(built.index_name)) == 63


def test_on_a_partitioned_table() -> None:
    tree = {
        "users": RelationFacts(kind="p", partitions=("users_1",)),
        "users_1": RelationFacts(parent="users"),
    }
    assert sql(change_index.phases(change("email"), Context(facts=Facts(relations=tree)))) == {
        "expand": [
            "CREATE INDEX ix_users_email_new ON ONLY users (email)",
            "CREATE INDEX CONCURRENTLY users_1_ix_users_email_new ON users_1 (email)",
            "ALTER INDEX ix_users_email_new ATTACH PARTITION users_1_ix_users_email_new",
        ],
        "contract": [
            "DROP INDEX ix_users_email",
            "ALTER INDEX ix_users_email_new RENAME TO ix_users_email",
        ],
    }


def test_it_is_about_indexes_alone() -> None:
    drop = ops.DropConstraintOp("uq", "users", type_="unique")
    create = ops.CreateIndexOp("uq", "users", ["email"])
    assert not change_index.applies(Replace(drop, create), Context())
    assert change_index.applies(change("email"), Context())
