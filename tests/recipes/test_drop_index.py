from __future__ import annotations

from alembic.operations import ops
from rolling import sql, written

from phased.fact import Facts, RelationFacts
from phased.recipe import Context
from phased.recipes import drop_index

GONE = ops.DropIndexOp("ix_users_email", table_name="users")


def test_it_goes_concurrently_in_contract() -> None:
    phases = drop_index.phases(GONE, Context())
    assert written(phases) == {
        "contract": [
            "op.drop_index('ix_users_email', table_name='users', postgresql_concurrently=True)"
        ]
    }
    assert sql(phases) == {"contract": ["DROP INDEX CONCURRENTLY ix_users_email"]}


def test_a_quoted_one_in_a_schema() -> None:
    op = ops.DropIndexOp("ix Order", table_name="Order", schema="Sales")
    assert sql(drop_index.phases(op, Context())) == {
        "contract": ['DROP INDEX CONCURRENTLY "Sales"."ix Order"']
    }


def test_on_a_partitioned_table_it_is_plain() -> None:
    facts = Facts(relations={"users": RelationFacts(kind="p")})
    assert sql(drop_index.phases(GONE, Context(facts=facts))) == {
        "contract": ["DROP INDEX ix_users_email"]
    }


def test_it_goes_with_its_table() -> None:
    assert sql(drop_index.phases(GONE, Context(dropped=frozenset({"users"})))) == {}


def test_it_goes_before_its_column() -> None:
    dropped = Context(dropped=frozenset({("users", "email")}))
    assert list(sql(drop_index.phases(GONE, dropped))) == ["contract"]
