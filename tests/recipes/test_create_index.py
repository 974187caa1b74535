from __future__ import annotations

import sqlalchemy as sa
from alembic.operations import ops
from rolling import sql, written

from phased.fact import Facts, RelationFacts
from phased.recipe import Context
from phased.recipes import create_index

USERS = sa.Table(
    "users",
    sa.MetaData(),
    sa.Column("id", sa.BigInteger, primary_key=True),
    sa.Column("email", sa.Text),
    sa.Column("deleted_at", sa.DateTime),
)
TREE = Facts(
    known=True,
    relations={
        "events": RelationFacts(
            kind="p", partitions=("events_a", "archive.events_b", "archive.events_b_1")
        ),
        "events_a": RelationFacts(parent="events"),
        "archive.events_b": RelationFacts(kind="p", parent="events"),
        "archive.events_b_1": RelationFacts(parent="archive.events_b"),
    },
)


def index(*columns: object, **options: object) -> ops.CreateIndexOp:
    return ops.CreateIndexOp("ix_users_email", "users", columns, **options)  # type: ignore[arg-type] # SQLAlchemy takes names and expressions alike


def test_it_is_built_concurrently_in_expand() -> None:
    phases = create_index.phases(index("email"), Context())
    assert written(phases) == {
        "expand": [
            (
                "op.create_index('ix_users_email', 'users', ['email'], unique=False, "
                "postgresql_concurrently=True)"
            )
        ]
    }
    assert sql(phases) == {"expand": ["CREATE INDEX CONCURRENTLY ix_users_email ON users (email)"]}


def test_every_option_survives() -> None:
    op = ops.CreateIndexOp.from_index(
        sa.Index(
            'ix "Order"',
            sa.Column("userId").desc().nulls_last(),
            sa.func.lower(sa.Column("note")),
            _table=sa.Table("Order", sa.MetaData(), schema="Sales"),
            postgresql_using="btree",
            postgresql_include=["total"],
            postgresql_where=sa.text("note <> 'a%'"),
            postgresql_ops={"userId": "int8_ops"},
            postgresql_with={"fillfactor": 70},
        )
    )
    assert sql(create_index.phases(op, Context())) == {
        "expand": [
            (
                'CREATE INDEX CONCURRENTLY "ix ""Order""" ON "Sales"."Order" USING btree '
                '("userId" DESC NULLS LAST, lower(note)) INCLUDE (total) WITH (fillfactor = 70) '
                "WHERE note <> 'a%'"
            )
        ]
    }


def test_a_unique_one_on_columns_that_old_code_writes_waits_for_contract() -> None:
    phases = create_index.phases(index("email", unique=True), Context())
    assert sql(phases) == {
        "contract": ["CREATE UNIQUE INDEX CONCURRENTLY ix_users_email ON users (email)"]
    }


def test_a_unique_one_on_a_new_column_comes_after_the_backfill() -> None:
    added = Context(added=frozenset({("users", "email")}))
    assert list(sql(create_index.phases(index("email", unique=True), added))) == ["backfill"]


def test_a_unique_one_on_a_new_and_an_old_column_waits_for_contract() -> None:
    added = Context(added=frozenset({("users", "email")}))
    phases = create_index.phases(index("email", "id", unique=True), added)
    assert list(sql(phases)) == ["contract"]


def test_a_new_column_anywhere_in_the_index_moves_it_behind_the_backfill() -> None:
    added = Context(added=frozenset({("users", "email")}))
    for op in (
        index(sa.func.lower(USERS.c.email)),
        index(sa.text("lower(email)")),
        index("id", postgresql_where=sa.text("email IS NOT NULL")),
        index("id", postgresql_include=["email"]),
    ):
        assert list(sql(create_index.phases(op, added))) == ["backfill"]


def test_a_quoted_new_column_is_recognised() -> None:
    added = Context(added=frozenset({('"Sales"."Order"', "userId")}))
    op = ops.CreateIndexOp("ix", "Order", [sa.text('abs("userId")')], schema="Sales")
    assert list(sql(create_index.phases(op, added))) == ["backfill"]


def test_on_a_table_that_this_revision_creates_it_is_plain() -> None:
    phases = create_index.phases(index("email"), Context(created=frozenset({"users"})))
    assert sql(phases) == {"expand": ["CREATE INDEX ix_users_email ON users (email)"]}


def test_partitions_are_built_one_by_one_and_attached_deepest_first() -> None:
    op = ops.CreateIndexOp("ix_kind", "events", ["kind"])
    assert sql(create_index.phases(op, Context(facts=TREE))) == {
        "expand": [
            "CREATE INDEX ix_kind ON ONLY events (kind)",
            "CREATE INDEX events_b_ix_kind ON ONLY archive.events_b (kind)",
            "CREATE INDEX CONCURRENTLY events_b_1_ix_kind ON archive.events_b_1 (kind)",
            "CREATE INDEX CONCURRENTLY events_a_ix_kind ON events_a (kind)",
            "ALTER INDEX ix_kind ATTACH PARTITION events_a_ix_kind",
            "ALTER INDEX archive.events_b_ix_kind ATTACH PARTITION archive.events_b_1_ix_kind",
            "ALTER INDEX ix_kind ATTACH PARTITION archive.events_b_ix_kind",
        ]
    }
