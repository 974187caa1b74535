"""Lines of models that are told to be pasted are Python, and as one writes it."""

from __future__ import annotations

import ast
from enum import Enum
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from phased.conversions import Conversion
from phased.pasting import carries_on, successor


class Code(sa.TypeDecorator[str]):
    impl = sa.String(12)
    cache_ok = True


class Mood(Enum):
    sad = "s"
    glad = "g"


@pytest.mark.parametrize(
    ("kind", "annotation", "shown"),
    [
        (sa.Text(), "str", "Text"),
        (sa.String(9), "str", "String(length=9)"),
        (sa.Numeric(9, 2), "Decimal", "Numeric(precision=9, scale=2)"),
        (sa.DateTime(timezone=True), "datetime", "DateTime(timezone=True)"),
        (sa.Uuid(), "UUID", "Uuid"),
        (postgresql.JSONB(), "Any", "JSONB"),
        (postgresql.ARRAY(sa.Integer()), "list[int]", "ARRAY(Integer)"),
        (Code(), "Any", "Code"),
        (sa.Enum(Mood, name="mood"), "Mood", 'Enum(Mood, name="mood")'),
        (
            sa.Enum("a", '"', name="m", schema="S s"),
            "str",
            'Enum("a", "\\"", name="m", schema="S s")',
        ),
        (postgresql.TSVECTOR(), "Any", "TSVECTOR"),
        (postgresql.BYTEA(), "bytes", "BYTEA"),
    ],
)
def test_types(kind: Any, annotation: str, shown: str) -> None:
    assert carries_on(sa.Column("amount", kind)) == (
        f"amount: Mapped[{annotation} | None] = mapped_column(\n"
        f'    "amount_v2",\n    {shown},\n    info=converted_from("amount"),\n)'
    )


def test_what_the_column_has_comes_along() -> None:
    column: sa.Column[Any] = sa.Column(
        "User id",
        sa.Text,
        sa.ForeignKey("Sales.users.id"),
        key="user",
        nullable=False,
        server_default=sa.text("now() || 'x'"),
        unique=True,
        comment='its "id"',
        default=str,
    )
    text = carries_on(column, Conversion('"User id"::int', '"User id_v2"::text'))
    assert text == (
        "user: Mapped[str] = mapped_column(\n"
        '    "User id_v2",\n'
        "    Text,\n"
        '    ForeignKey("Sales.users.id"),\n'
        "    server_default=text(\"now() || 'x'\"),\n"
        "    unique=True,\n"
        '    comment="its \\"id\\"",\n'
        "    ...,\n"
        "    info=converted_from(\n"
        '        "User id",\n'
        '        up="\\"User id\\"::int",\n'
        '        down="\\"User id_v2\\"::text",\n'
        "    ),\n"
        ")"
    )
    assert ast.parse(text.replace("    ...,\n", ""))


@pytest.mark.parametrize(
    ("name", "attribute"), [("class", "..."), ("a b", "..."), ("amount_v2", "amount"), ("x", "x")]
)
def test_attributes(name: str, attribute: str) -> None:
    text = carries_on(sa.Column(name, sa.Text))
    assert text.startswith(f"{attribute}: Mapped")


def test_the_next_name() -> None:
    assert [successor(name) for name in ("a", "a_v2", "a_v9", "v2")] == [
        "a_v2",
        "a_v3",
        "a_v10",
        "v2_v2",
    ]
