from __future__ import annotations

import pytest
import sqlalchemy as sa
from revising import metadata
from sqlalchemy.dialects import postgresql

from phased.errors.changes import EnumLabelsChange
from phased.operations.change_enum import ChangeEnumOp
from phased.recipe import Context
from phased.recipes import change_enum

OLD = ("draft", "it's", "out")


def refused(*new: str) -> str:
    mood = sa.Enum(*new, name="State", schema="Sales")
    models = metadata(
        lambda m: sa.Table(
            "Post",
            m,
            sa.Column("state", mood, nullable=False, server_default="out"),
            sa.Column("earlier", postgresql.ARRAY(mood)),
            sa.Column("other", sa.Enum(*new, name="State", schema="HR")),
            schema="Sales",
        )
    )
    op = ChangeEnumOp("State", OLD, new, schema="Sales")
    context = Context(tables={'"Sales"."Post"': models.tables["Sales.Post"]})
    assert change_enum.applies(op, context)
    with pytest.raises(EnumLabelsChange) as raised:
        change_enum.phases(op, context)
    return str(raised.value)


HEAD = (
    'The labels of the enum type "Sales"."State" change: {}. PostgreSQL does not remove or reorder '
    "labels, and the release that is running neither reads nor writes a renamed one.\n"
    "Nothing was written, and the database is unchanged.\n"
    "Give the new labels a type of their own, and what uses them a successor. The attributes keep "
    "their names, both columns are kept in step until no old release is left, and the old type "
    "goes with the last column that uses it:\n\n"
)
RENAMED = """\
    # "Sales"."Post"
    state: Mapped[str] = mapped_column(
        "state_v2",
        Enum("draft", "gone", "out", name="State_v2", schema="Sales"),
        server_default="out",
        info=converted_from(
            "state",
            up="(CASE state::text WHEN 'it''s' THEN 'gone' ELSE state::text END)::\\"Sales\\".\\"State_v2\\"",
            down="(CASE state_v2::text WHEN 'gone' THEN 'it''s' ELSE state_v2::text END)::\\"Sales\\".\\"State\\"",
        ),
    )
    # "Sales"."Post"
    earlier: Mapped[list[str] | None] = mapped_column(
        "earlier_v2",
        ARRAY(Enum("draft", "gone", "out", name="State_v2", schema="Sales")),
        info=converted_from(
            "earlier",
            up="array_replace(earlier::text[], 'it''s', 'gone')::\\"Sales\\".\\"State_v2\\"[]",
            down="array_replace(earlier_v2::text[], 'gone', 'it''s')::\\"Sales\\".\\"State\\"[]",
        ),
    )

This takes 'it''s' for renamed to 'gone'. If it is not, say in up= what its rows become, and in \
down= what the running release reads for 'gone'."""  # noqa: E501 # as it is printed


def test_renamed() -> None:
    expected = HEAD.format("'it''s' is gone, 'gone' is new") + RENAMED
    assert refused("draft", "gone", "out") == expected


def test_removed() -> None:
    found = refused("out")
    assert found.startswith(HEAD.format("'draft', 'it''s' are gone"))
    assert (
        "WHEN 'draft' THEN 'FILL_ME_IN' WHEN 'it''s' THEN 'FILL_ME_IN' ELSE state::text END"
    ) in found
    assert 'down="state_v2::text::\\"Sales\\".\\"State\\""' in found
    assert found.endswith(
        "Say in up= what becomes of rows with a label that goes, in place of FILL_ME_IN. How many "
        "there are:\n\n"
        """    SELECT state, count(*) FROM "Sales"."Post" WHERE state IN ('draft', 'it''s') """
        "GROUP BY state;\n"
        """    SELECT label, count(*) FROM "Sales"."Post", unnest(earlier) AS label """
        "WHERE label IN ('draft', 'it''s') GROUP BY label;"
    )


def test_several_removed_and_added() -> None:
    found = refused("a", "b", "out")
    assert "WHEN 'a' THEN 'FILL_ME_IN' WHEN 'b' THEN 'FILL_ME_IN' ELSE state_v2::text" in found
    assert "in place of FILL_ME_IN, and in down= what the running release reads for one" in found


def test_another_order_is_obvious() -> None:
    found = refused("out", "it's", "draft")
    assert found.startswith(HEAD.format("they are in another order"))
    assert found.count('info=converted_from("state")') == 1
    assert "up=" not in found
    assert found.endswith("    )")
