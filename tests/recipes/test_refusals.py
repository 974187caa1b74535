"""What cannot be done online stops, says what it would do, and what to write instead."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from alembic.ddl.postgresql import CreateExcludeConstraintOp
from alembic.operations import ops
from rolling import sql
from sqlalchemy.dialects import postgresql

from phased.errors import changes, models
from phased.fact import ConstraintFacts, Facts, RelationFacts
from phased.operations.change_generated import ChangeGeneratedOp
from phased.operations.change_identity import ChangeIdentityOp
from phased.recipe import Context, Replace
from phased.recipes import (
    add_exclusion,
    add_rewriting_column,
    add_unfilled_column,
    change_generated,
    change_identity,
    change_primary_key,
    change_type,
)

if TYPE_CHECKING:
    from alembic.operations import MigrateOperation

    from phased import errors

KEY = {"users_pkey": ConstraintFacts("p", ("id",))}
USERS = RelationFacts(rows=2_100_000, size=340 * 1024**2, constraints=KEY)
TABLE = sa.Table(
    "users",
    sa.MetaData(),
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("tenant", sa.Integer, primary_key=True),
    sa.Column("amount_in_database", sa.Numeric, key="amount"),
)
CONTEXT = Context(Facts(known=True, relations={"users": USERS}), tables={"users": TABLE})


def adding(*arguments: Any, **options: Any) -> ops.AddColumnOp:
    return ops.AddColumnOp("users", sa.Column(*arguments, **options))


CASES: dict[str, tuple[Any, MigrateOperation, type[errors.PhasedError], list[str]]] = {
    "not null and unfilled": (
        add_unfilled_column,
        adding("born", sa.Date, nullable=False),
        models.NeedsFilledBy,
        ["users.born is new", "~2.1M rows, 340 MB", 'filled_by("current_date")'],
    ),
    "unfilled enum": (
        add_unfilled_column,
        adding("mood", sa.Enum("sad", "glad", name="mood"), nullable=False),
        models.NeedsFilledBy,
        ["filled_by(\"'sad'\")"],
    ),
    "identity": (
        add_rewriting_column,
        adding("n", sa.Integer, sa.Identity()),
        changes.AddingRewritesTable,
        ["identity column users.n", "ACCESS EXCLUSIVE", 'Sequence("users_n_seq")'],
    ),
    "stored generated": (
        add_rewriting_column,
        adding("n", sa.Integer, sa.Computed("id + 1", persisted=True)),
        changes.AddingRewritesTable,
        ["STORED generated column", 'filled_by("id + 1")'],
    ),
    "constrained domain": (
        add_rewriting_column,
        adding("n", postgresql.DOMAIN("email", sa.Text(), check="VALUE ~ '@'")),
        changes.AddingRewritesTable,
        ["constrained domain column", "CheckConstraint"],
    ),
    "type": (
        change_type,
        ops.AlterColumnOp(
            "users",
            "amount_in_database",
            existing_type=sa.Integer(),
            modify_type=sa.Numeric(9, 2),
        ),
        changes.TypeChangeNeedsSuccessor,
        [
            "users.amount_in_database from INTEGER to NUMERIC(9, 2)",
            "amount: Mapped[Decimal | None] = mapped_column(",
            '        "amount_in_database_v2",\n        Numeric,\n',
            'info=converted_from("amount_in_database")',
        ],
    ),
    "identity changed": (
        change_identity,
        ChangeIdentityOp("users", "id", None, "GENERATED ALWAYS AS IDENTITY"),
        changes.IdentityChange,
        ["users.id changes", "an ordinary column becomes GENERATED ALWAYS AS IDENTITY"],
    ),
    "generated changed": (
        change_generated,
        ChangeGeneratedOp("users", "n", None, "GENERATED ALWAYS AS (lower(a)) STORED"),
        changes.GeneratedChange,
        ["users.n changes how it is generated", "filled_by('lower(a)')"],
    ),
    "primary key": (
        change_primary_key,
        ops.CreatePrimaryKeyOp("users_pkey", "users", ["id", "tenant"]),
        changes.PrimaryKeyNeedsWindow,
        ["it was (id) and is to be (id, tenant)", 'UniqueConstraint("id", "tenant")'],
    ),
    "a new column of the primary key": (
        change_primary_key,
        adding("tenant", sa.Integer, primary_key=True),
        changes.PrimaryKeyNeedsWindow,
        ["is to be (id, tenant)"],
    ),
    "a dropped column of the primary key": (
        change_primary_key,
        ops.DropColumnOp("users", "id"),
        changes.PrimaryKeyNeedsWindow,
        ["it was (id)"],
    ),
    "the primary key dropped": (
        change_primary_key,
        ops.DropConstraintOp("users_pkey", "users", type_="primary"),
        changes.PrimaryKeyNeedsWindow,
        ["The primary key of users (~2.1M"],
    ),
    "another exclusion": (
        add_exclusion,
        Replace(
            ops.DropConstraintOp("ex", "users", type_="exclude"),
            CreateExcludeConstraintOp("ex", "users", [("a", "=")]),
        ),
        changes.ExclusionNeedsWindow,
        ["ex on users has no online way"],
    ),
    "exclusion": (
        add_exclusion,
        CreateExcludeConstraintOp("ex", "users", [("a", "=")]),
        changes.ExclusionNeedsWindow,
        ["ex on users has no online way", "~2.1M rows"],
    ),
}


@pytest.mark.parametrize(("recipe", "op", "error", "said"), CASES.values(), ids=CASES.keys())
def test_refused(
    recipe: Any, op: MigrateOperation, error: type[errors.PhasedError], said: list[str]
) -> None:
    assert type(op) in recipe.HANDLES
    assert recipe.applies(op, CONTEXT)
    with pytest.raises(error) as caught:
        recipe.phases(op, CONTEXT)
    message = str(caught.value)
    assert [text for text in said if text not in message] == [], message
    assert "Nothing was written, and the database is unchanged." in message


def test_an_exclusion_on_a_new_table_is_plain() -> None:
    op = CreateExcludeConstraintOp("ex", "rooms", [(sa.column("a"), "=")], using="gist")
    assert list(sql(add_exclusion.phases(op, Context(created=frozenset({"rooms"}))))) == ["expand"]
