"""Another type for a column: in place where nobody notices, else the message says what to paste."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from alembic.operations.ops import AlterColumnOp
from revising import create, metadata, revise, roll

from phased.errors.changes import PrimaryKeyNeedsWindow, TypeChangeNeedsSuccessor
from phased.fact import ColumnFacts, Facts, RelationFacts
from phased.hints import filled_by
from phased.model import Phase
from phased.recipe import Context
from phased.recipes import change_type, change_type_in_place

if TYPE_CHECKING:
    from sqlalchemy import Engine

RECIPES = change_type, change_type_in_place
ROWS = "INSERT INTO invoices (id, amount) SELECT i, i FROM generate_series(1, 100) i"
PREPARED = """
Where no release prepares statements, create_engine(url, connect_args={"prepare_threshold": None}),
say so, and it stays one ALTER:

    [tool.phased]
    prepared_statements = false"""


def invoices(kind: Any, **options: Any) -> sa.MetaData:
    return metadata(
        lambda m: sa.Table(
            "invoices",
            m,
            sa.Column("id", sa.Integer, primary_key=True),
            sa.Column("amount", kind, **options),
        )
    )


def refused(engine: Engine, old: Any, new: Any, **options: Any) -> str:
    create(engine, invoices(old, **options), [ROWS, "ANALYZE invoices"])
    with pytest.raises(TypeChangeNeedsSuccessor) as caught:
        revise(engine, invoices(new, **options))
    return str(caught.value)


def test_an_obvious_conversion_need_not_be_said(engine: Engine) -> None:
    assert refused(engine, sa.Text(), sa.Numeric(), nullable=False, index=True) == (
        "The model changes the type of invoices.amount from TEXT to NUMERIC. PostgreSQL does not "
        'do that in place: column "amount" cannot be cast automatically to type numeric.\n'
        "Nothing was written, and the database is unchanged.\n"
        "Give the new type a column of its own. The attribute keeps its name, and both columns are "
        "kept in step until no old release is left:\n\n"
        "    amount: Mapped[Decimal] = mapped_column(\n"
        '        "amount_v2",\n'
        "        Numeric,\n"
        "        index=True,\n"
        '        info=converted_from("amount"),\n'
        "    )\n\n"
        "The revision shows how values are made, both ways."
    )


def test_what_is_not_obvious_is_suggested(engine: Engine) -> None:
    found = refused(engine, sa.Double(), sa.Numeric(9, 2), server_default="0", comment="in €")
    assert found == (
        "The model changes the type of invoices.amount from DOUBLE PRECISION to NUMERIC(9, 2). "
        "PostgreSQL writes invoices (100 rows, 24 kB) anew for that under ACCESS EXCLUSIVE: nobody "
        "reads or writes it until that is done.\n"
        "Nothing was written, and the database is unchanged.\n"
        "Give the new type a column of its own. The attribute keeps its name, and both columns are "
        "kept in step until no old release is left:\n\n"
        "    amount: Mapped[Decimal | None] = mapped_column(\n"
        '        "amount_v2",\n'
        "        Numeric(precision=9, scale=2),\n"
        '        server_default="0",\n'
        '        comment="in €",\n'
        "        info=converted_from(\n"
        '            "amount",\n'
        '            up="amount::numeric",\n'
        '            down="amount_v2::double precision",\n'
        "        ),\n"
        "    )\n\n"
        "up and down are plain casts: say it otherwise where they lose something or fail."
    )


def test_the_catalog_alone_is_seen_by_prepared_statements(engine: Engine) -> None:
    found = refused(engine, sa.String(5), sa.String(9), info=filled_by("'x'"))
    assert (
        "In place only the catalog changes, but prepared statements of the running release that "
        'select the column fail with "cached plan must not change result type", once on each '
        "connection.\n"
    ) in found
    assert found.endswith(PREPARED)
    assert '        String(length=9),\n        info=converted_from("amount"),\n' in found


@pytest.mark.parametrize(
    ("new", "check", "said"),
    [
        (sa.Text(), "amount <> ''", "goes through invoices (100 rows, 24 kB) for that under"),
        (sa.Text(), "amount <> ''", "EXCLUSIVE, for the check ck_invoices_c: nobody reads"),
        (
            sa.String(9, collation="C"),
            None,
            "mean something else to the running release, or",
        ),
    ],
)
def test_why(engine: Engine, new: Any, check: str | None, said: str) -> None:
    def table(kind: Any) -> sa.MetaData:
        models = invoices(kind)
        if check is not None:
            models.tables["invoices"].append_constraint(sa.CheckConstraint(check, name="c"))
        return models

    create(engine, table(sa.String(9)), [ROWS, "ANALYZE invoices"])
    with pytest.raises(TypeChangeNeedsSuccessor) as caught:
        revise(engine, table(new))
    assert said in str(caught.value)
    assert "prepared_statements" not in str(caught.value)


def test_an_application_that_prepares_nothing_alters_in_place(engine: Engine) -> None:
    create(engine, invoices(sa.String(5)), [ROWS])
    found = revise(engine, invoices(sa.Text()), prepared_statements=False)
    assert found.expand == [
        ("# phased: allow cached_plan_invalidated because the application prepares no statements"),
        (
            "op.alter_column('invoices', 'amount',\n"
            "           existing_type=sa.VARCHAR(length=5),\n"
            "           type_=sa.Text(),\n"
            "           existing_nullable=True)"
        ),
    ]
    assert found.backfill == ["op.execute('ANALYZE invoices (amount)')"]
    assert found.contract == []
    roll(engine, found, Phase.EXPAND, Phase.BACKFILL)
    assert revise(engine, invoices(sa.Text())).empty


def test_what_is_dear_is_dear_whoever_prepares_statements(engine: Engine) -> None:
    create(engine, invoices(sa.String(5)), [ROWS])
    with pytest.raises(TypeChangeNeedsSuccessor):
        revise(engine, invoices(sa.String(4)), prepared_statements=False)


def test_what_else_names_the_column_is_told(engine: Engine) -> None:
    def table(kind: Any) -> sa.MetaData:
        models = invoices(kind, unique=True, index=True)
        held = models.tables["invoices"]
        held.append_constraint(sa.CheckConstraint("amount > '0' AND id > 0", name="positive"))
        held.append_constraint(sa.CheckConstraint("id > 0", name="other"))
        sa.Index("ix_lower", sa.func.lower(sa.cast(held.c.amount, sa.Text)))
        return models

    create(engine, table(sa.Text()))
    with pytest.raises(TypeChangeNeedsSuccessor) as caught:
        revise(engine, table(sa.String(9)))
    assert "\n\nLet ck_invoices_positive, ix_lower name amount_v2 too.\n" in str(caught.value)


def test_a_primary_key_is_not_succeeded(engine: Engine) -> None:
    def table(kind: Any) -> sa.MetaData:
        return metadata(lambda m: sa.Table("invoices", m, sa.Column("id", kind, primary_key=True)))

    create(engine, table(sa.Text()))
    with pytest.raises(PrimaryKeyNeedsWindow) as caught:
        revise(engine, table(sa.Uuid()))
    assert "changes: id from TEXT to UUID. PostgreSQL reads" in str(caught.value)
    assert 'UniqueConstraint("id_v2")' in str(caught.value)


def test_a_type_that_sqlalchemy_does_not_know() -> None:
    held = RelationFacts(columns={"place": ColumnFacts("ltree")})
    op = AlterColumnOp(
        "invoices", "place", existing_type=sa.types.NullType(), modify_type=sa.Text()
    )
    context = Context(Facts(known=True, relations={"invoices": held}))
    assert change_type.applies(op, context)
    with pytest.raises(TypeChangeNeedsSuccessor) as caught:
        change_type.phases(op, context)
    assert "the type of invoices.place from ltree to TEXT" in str(caught.value)
    assert 'up="FILL_ME_IN"' in str(caught.value)
    assert str(caught.value).endswith("Say in up= and down= how one is made from the other.")
