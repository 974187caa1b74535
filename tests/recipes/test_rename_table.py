from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from alembic.operations import ops
from judging import assert_safe
from rolling import code, written

from phased.fact import Facts
from phased.recipe import Context
from phased.recipes import rename_table
from phased.renaming import invented
from phased.same_table import same_names
from phased.succession import Names, RenameTableOp

if TYPE_CHECKING:
    from phased.recipe import Phases


def renaming(old: str, new: str, schema: str | None = None, **names: Any) -> RenameTableOp:
    before, after = (
        sa.Table(name, sa.MetaData(), sa.Column("id", sa.Integer), schema=schema)
        for name in (old, new)
    )
    op = RenameTableOp(ops.DropTableOp.from_table(before), ops.CreateTableOp.from_table(after))
    op.names = Names(**names)
    return op


def said(phases: Phases) -> dict[str, list[str]]:
    """What is written, without the remarks."""
    return {
        phase: [line for line in lines if not line.startswith("#")]
        for phase, lines in written(phases).items()
    }


def test_the_view_has_the_old_name_until_the_contract() -> None:
    op = renaming(
        "users",
        "people",
        constraints=(("pk_users", "pk_people"),),
        indexes=(("ix_users_email", "ix_people_email"),),
        sequences=(("users_id_seq", "people_id_seq"),),
        foreign_keys=(("posts", "blog", "fk_posts_users", "fk_posts_people"),),
    )
    assert rename_table.applies(op, Context())
    phases = rename_table.phases(op, Context())
    assert said(phases) == {
        "expand": [
            'op.rename_table_through_view("users", "people")'.replace('"', "'"),
            "op.rename_constraint('pk_users', 'pk_people', 'people')",
            "op.rename_index('ix_users_email', 'ix_people_email')",
        ],
        "contract": [
            "op.drop_view('users')",
            "op.rename_sequence('users_id_seq', 'people_id_seq')",
            "op.rename_constraint('fk_posts_users', 'fk_posts_people', 'posts', schema='blog')",
        ],
    }
    assert_safe(code(phases), facts=Facts())


def test_quoted_names_in_a_schema() -> None:
    phases = rename_table.phases(renaming("Order", "Sale's", "My Sales"), Context())
    assert said(phases) == {
        "expand": [
            "op.rename_table_through_view('Order', \"Sale's\", schema='My Sales')",
        ],
        "contract": ["op.drop_view('Order', schema='My Sales')"],
    }


def test_before_15_the_view_has_its_owners_rights() -> None:
    phases = rename_table.phases(renaming("users", "people"), Context(Facts(server=14)))
    assert said(phases)["expand"] == [
        "op.rename_table_through_view('users', 'people', security_invoker=False)"
    ]


@pytest.mark.parametrize(("server", "listed"), [(16, True), (17, False), (18, False)])
def test_the_revision_says_what_the_view_cannot_do(server: int, listed: bool) -> None:  # noqa: FBT001 # a parameter
    phases = rename_table.phases(renaming("users", "people"), Context(Facts(server=server)))
    note = written(phases)["expand"][0]
    assert "# - INSERT ... ON CONFLICT ON CONSTRAINT" in note
    assert "# - TRUNCATE users" in note
    assert ("MERGE INTO users" in note) is listed


def test_several_of_one_definition_pair_by_the_tables_name() -> None:
    models = {"ck_people_a": "CHECK (a)", "ck_people_b": "CHECK (a)", "ck_people_c": "CHECK (c)"}
    database = {"ck_users_b": "CHECK (a)", "ck_users_a": "CHECK (a)", "ck_users_c": "CHECK (d)"}
    assert same_names(models, database, "users", "people") == (
        ("ck_users_a", "ck_people_a"),
        ("ck_users_b", "ck_people_b"),
    )


def test_what_has_the_same_name_keeps_it() -> None:
    assert same_names({"uq": "UNIQUE (a)"}, {"uq": "UNIQUE (a)"}, "users", "people") == ()
    assert same_names({"new": "UNIQUE (a)"}, {"uq": "UNIQUE (b)"}, "users", "people") == ()


def test_what_cannot_be_built_is_the_same_as_nothing() -> None:
    assert same_names({"ck_people": None}, {"ck_users": None}, "users", "people") == ()


@pytest.mark.parametrize(
    ("table", "column", "name"),
    [
        ("users", "id", "users_id_seq"),
        ("t" * 63, "id", "t" * 56 + "_id_seq"),
        ("t" * 40, "c" * 40, "t" * 29 + "_" + "c" * 29 + "_seq"),
        ("ü" * 31, "id", "ü" * 28 + "_id_seq"),
    ],
)
def test_the_name_that_postgresql_gives_a_sequence(table: str, column: str, name: str) -> None:
    assert invented(table, column) == name
