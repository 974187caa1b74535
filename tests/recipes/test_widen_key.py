from __future__ import annotations

import sqlalchemy as sa
from alembic.operations import ops
from judging import UNKNOWN, plan_of
from rolling import code, sql

from phased.fact import ColumnFacts, ConstraintFacts, Facts, IndexFacts, RelationFacts
from phased.keys import WidenOp, grouped, narrowed, widens
from phased.lint import judge
from phased.model import Phase
from phased.recipe import Context, Phases
from phased.recipes import widen_key
from phased.widening.column import Held, OwnedSequence

INDEX = "CREATE UNIQUE INDEX pk ON public.users USING btree (tenant, id)"
USERS = RelationFacts(
    columns={
        "id": ColumnFacts("integer", not_null=True, default="nextval('s'::regclass)"),
        "tenant": ColumnFacts("integer", not_null=True),
        "age": ColumnFacts("integer"),
    },
    constraints={
        "pk": ConstraintFacts("p", ("tenant", "id"), "PRIMARY KEY (tenant, id)", index="pk")
    },
    indexes={"pk": IndexFacts("users", ("tenant", "id"), unique=True, definition=INDEX)},
)
REFERS = 'FOREIGN KEY (tenant, "userId") REFERENCES users(tenant, id) ON DELETE CASCADE'
ORDERS = RelationFacts(
    columns={"tenant": ColumnFacts("integer"), "userId": ColumnFacts("integer")},
    constraints={
        "fk": ConstraintFacts("f", ("tenant", "userId"), REFERS, references="users"),
    },
)
CONTEXT = Context(Facts(relations={"users": USERS, '"Sales".orders': ORDERS}, known=True))


def change(
    table: str, column: str, new: sa.types.TypeEngine[int], schema: str | None = None
) -> ops.AlterColumnOp:
    kept = {"existing_type": sa.Integer(), "schema": schema}
    return ops.AlterColumnOp(table, column, modify_type=new, **kept)


BOTH = [
    change("orders", "userId", sa.BigInteger(), "Sales"),
    change("users", "id", sa.BigInteger()),
]


def widening() -> WidenOp:
    [op] = grouped(BOTH, CONTEXT, None)
    assert isinstance(op, WidenOp)
    return op


def phases() -> Phases:
    op = widening()
    op.held = Held(sequences=(OwnedSequence("s", ("users", "id"), narrow=True),))
    return widen_key.phases(op, CONTEXT)


def test_a_key_and_what_refers_to_it_are_widened() -> None:
    assert all(widens(op, CONTEXT) for op in BOTH)
    assert not widens(change("users", "age", sa.BigInteger()), CONTEXT)
    assert not widens(change("users", "id", sa.SmallInteger()), CONTEXT)
    assert not widens(change("users", "id", sa.Numeric()), CONTEXT)


def test_what_foreign_keys_tie_together_is_one_plan_and_parents_come_first() -> None:
    op = widening()
    assert [column.place for column in op.columns] == [
        ("users", "id"),
        ('"Sales".orders', "userId"),
    ]
    alone = Context(Facts(relations={"users": USERS, "people": USERS}, known=True))
    found = grouped([BOTH[1], change("people", "id", sa.BigInteger())], alone, None)
    assert [len(one.columns) for one in found if isinstance(one, WidenOp)] == [1, 1]


def test_a_mirror_follows_until_the_swap() -> None:
    found = sql(phases())
    assert found["expand"][0] == "ALTER TABLE users ADD COLUMN id_bigint BIGINT"
    assert found["expand"][2] == (
        'CREATE TRIGGER "~phased_mirror_id_bigint" BEFORE INSERT OR UPDATE ON users FOR EACH ROW '
        "WHEN (NEW.id_bigint IS DISTINCT FROM NEW.id) "
        "EXECUTE FUNCTION phased_mirror_users_id_bigint()"
    )
    assert found["backfill"][1] == (
        'UPDATE "Sales".orders SET "userId_bigint" = "userId" '
        'WHERE "userId_bigint" IS DISTINCT FROM "userId"'
    )


def test_all_that_takes_long_is_done_before_the_swap() -> None:
    contract = sql(phases())["contract"]
    begins = contract.index('ALTER TABLE "Sales".orders DROP CONSTRAINT fk')
    assert contract[:begins] == [
        (
            "ALTER TABLE users ADD CONSTRAINT users_id_bigint_is_not_null "
            "CHECK (id_bigint IS NOT NULL) NOT VALID"
        ),
        "ALTER TABLE users VALIDATE CONSTRAINT users_id_bigint_is_not_null",
        (
            "ALTER TABLE users ADD CONSTRAINT users_tenant_is_not_null "
            "CHECK (tenant IS NOT NULL) NOT VALID"
        ),
        "ALTER TABLE users VALIDATE CONSTRAINT users_tenant_is_not_null",
        "CREATE UNIQUE INDEX CONCURRENTLY pk_copy ON users (tenant, id_bigint)",
        (
            'ALTER TABLE "Sales".orders ADD CONSTRAINT fk_copy '
            'FOREIGN KEY(tenant, "userId_bigint") REFERENCES users (tenant, id_bigint) '
            "ON DELETE CASCADE NOT VALID"
        ),
        'ALTER TABLE "Sales".orders VALIDATE CONSTRAINT fk_copy',
    ]
    assert contract[begins:] == [
        'ALTER TABLE "Sales".orders DROP CONSTRAINT fk',
        "ALTER TABLE users DROP CONSTRAINT pk",
        'DROP TRIGGER "~phased_mirror_id_bigint" ON users',
        "DROP FUNCTION phased_mirror_users_id_bigint()",
        'DROP TRIGGER "~phased_mirror_userId_bigint" ON "Sales".orders',
        'DROP FUNCTION "Sales"."phased_mirror_orders_userId_bigint"()',
        "ALTER SEQUENCE s AS bigint",
        "ALTER SEQUENCE s OWNED BY users.id_bigint",
        "ALTER TABLE users RENAME id TO id_before",
        "ALTER TABLE users DROP COLUMN id_before",
        "ALTER TABLE users RENAME id_bigint TO id",
        "ALTER TABLE users ALTER COLUMN id SET DEFAULT nextval('s'::regclass)",
        "ALTER TABLE users ALTER COLUMN id SET NOT NULL",
        'ALTER TABLE "Sales".orders RENAME "userId" TO "userId_before"',
        'ALTER TABLE "Sales".orders DROP COLUMN "userId_before"',
        'ALTER TABLE "Sales".orders RENAME "userId_bigint" TO "userId"',
        "ALTER TABLE users ADD CONSTRAINT pk PRIMARY KEY USING INDEX pk_copy",
        "ALTER TABLE users DROP CONSTRAINT users_id_bigint_is_not_null",
        "ALTER TABLE users DROP CONSTRAINT users_tenant_is_not_null",
        'ALTER TABLE "Sales".orders RENAME CONSTRAINT fk_copy TO fk',
    ]


def test_the_swap_is_one_step_that_says_what_prepared_statements_see() -> None:
    plan = plan_of(code(phases()), facts=UNKNOWN)
    assert judge([plan], UNKNOWN) == []
    *beside, swap = plan.phase(Phase.CONTRACT)
    assert len(swap.statements) == 20
    assert not any(statement.scans or statement.rewrites for statement in swap.statements)
    [said] = swap.notes
    assert 'select users.id or "Sales".orders."userId" fail once on each connection' in said
    assert [step.notes for step in beside] == [()] * len(beside)


def test_the_way_back_narrows_children_first() -> None:
    op = widening()
    op.held = Held(sequences=(OwnedSequence("s", ("users", "id"), narrow=True),))
    assert sql(Phases(contract=tuple(narrowed(op))))["contract"] == [
        'ALTER TABLE "Sales".orders ALTER COLUMN "userId" TYPE INTEGER',
        "ALTER TABLE users ALTER COLUMN id TYPE INTEGER",
        "ALTER SEQUENCE s AS integer",
    ]
