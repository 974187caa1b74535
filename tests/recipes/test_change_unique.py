from __future__ import annotations

from alembic.operations import ops
from rolling import sql, written
from successions import RENAMED

from phased.fact import Facts, IndexFacts, RelationFacts
from phased.recipe import Context, Replace
from phased.recipes import change_index, change_unique

OLD_CONSTRAINT = ops.DropConstraintOp("uq", "users", type_="unique", schema="Sales")
OLD_INDEX = ops.DropIndexOp("uq", table_name="users", schema="Sales")
CONSTRAINT = ops.CreateUniqueConstraintOp("uq", "users", ["email"], schema="Sales")
INDEX = ops.CreateIndexOp("uq", "users", ["email"], unique=True, schema="Sales")
BUILD = 'CREATE UNIQUE INDEX CONCURRENTLY uq_new ON "Sales".users (email)'
USE = 'ALTER TABLE "Sales".users ADD CONSTRAINT uq_new UNIQUE USING INDEX uq_new'
RENAME = 'ALTER TABLE "Sales".users RENAME CONSTRAINT uq_new TO uq'


def test_the_new_one_is_there_before_the_old_one_goes() -> None:
    phases = change_unique.phases(Replace(OLD_CONSTRAINT, CONSTRAINT), Context())
    drop = 'ALTER TABLE "Sales".users DROP CONSTRAINT uq'
    assert sql(phases) == {"contract": [BUILD, USE, drop, RENAME]}


def test_an_index_becomes_a_constraint() -> None:
    phases = change_unique.phases(Replace(OLD_INDEX, CONSTRAINT), Context())
    drop = 'DROP INDEX CONCURRENTLY "Sales".uq'
    assert sql(phases) == {"contract": [BUILD, USE, drop, RENAME]}


def test_a_constraint_becomes_an_index() -> None:
    phases = change_unique.phases(Replace(OLD_CONSTRAINT, INDEX), Context())
    assert sql(phases) == {
        "contract": [
            BUILD,
            'ALTER TABLE "Sales".users DROP CONSTRAINT uq',
            'ALTER INDEX "Sales".uq_new RENAME TO uq',
        ]
    }


def test_exactly_one_recipe_takes_each_pair() -> None:
    for drop, create in (
        (OLD_CONSTRAINT, CONSTRAINT),
        (OLD_INDEX, CONSTRAINT),
        (OLD_CONSTRAINT, INDEX),
        (OLD_INDEX, INDEX),
    ):
        op = Replace(drop, create)
        claims = [change_unique.applies(op, Context()), change_index.applies(op, Context())]
        assert sorted(claims) == [False, True]


def carried(definition: str, *columns: str) -> Context:
    held = IndexFacts('"Sales"."Order"', columns, unique=True, definition=definition)
    facts = Facts(relations={'"Sales"."Order"': RelationFacts(indexes={"uq": held})})
    added = frozenset({('"Sales"."Order"', "user name")})
    return Context(facts=facts, added=added, successions=(RENAMED,))


def unique(*columns: str, **options: bool) -> Replace:
    drop = ops.DropConstraintOp("uq", "Order", type_="unique", schema="Sales")
    return Replace(
        drop, ops.CreateUniqueConstraintOp("uq", "Order", columns, schema="Sales", **options)
    )


def phases(op: Replace, context: Context) -> list[str]:
    return list(sql(change_unique.phases(op, context)))


def test_over_columns_that_carry_on_the_old_ones_it_is_there_before_new_code() -> None:
    both = carried("CREATE UNIQUE INDEX uq ON t (team, a)", "team", "userName")
    assert phases(unique("user name", "team"), both) == ["backfill", "contract"]
    assert phases(unique("user name", "other"), both) == ["contract"]
    assert phases(unique("user name"), both) == ["backfill", "contract"]


def test_it_restricts_where_the_old_one_was_narrower() -> None:
    some = carried("CREATE UNIQUE INDEX uq ON t (a, b) WHERE c", "team", "userName")
    assert phases(unique("user name", "team"), some) == ["contract"]
    distinct = carried("CREATE UNIQUE INDEX uq ON t (a)", "userName")
    clash = unique("user name", postgresql_nulls_not_distinct=True)
    assert phases(clash, distinct) == ["contract"]
    same = carried("CREATE UNIQUE INDEX uq ON t (a) NULLS NOT DISTINCT", "userName")
    assert phases(clash, same) == ["backfill", "contract"]
    waiver, *_ = written(change_unique.phases(clash, same))["backfill"]
    assert waiver.startswith("# phased: allow restricts_before_contract because")
