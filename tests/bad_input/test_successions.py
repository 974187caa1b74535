"""Renames and conversions that cannot be: nothing is written, and it says what to write."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from phased.errors.models import HintNamesNoColumn, ModelError
from phased.errors.succession import (
    ConversionKeepsOld,
    ConversionNeedsDown,
    ConversionNeedsUp,
    ConversionsDisagree,
    ConversionSyntax,
    ConversionVaries,
    RenamedTwice,
    RenamesInACircle,
    SuccessorExists,
)

if TYPE_CHECKING:
    from shell import Shell

IMPORTS = """
from sqlalchemy import BigInteger, LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column
from phased.hints import converted_from, renamed_from

class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
"""
A = "    a: Mapped[str | None] = mapped_column(Text)\n"
B = "    b: Mapped[str | None] = mapped_column(Text)\n"


def made(hint: str, name: str = "c", kind: str = "Text") -> str:
    return f"    {name}: Mapped[str | None] = mapped_column({kind}, info={hint})\n"


@pytest.fixture(autouse=True)
def applied(shell: Shell) -> None:
    """A table with rows, made by the first revision."""
    shell.project.models(IMPORTS + A + B)
    shell.succeed("alembic", "revision", "--autogenerate", "-m", "users")
    shell.succeed("alembic", "upgrade", "head")
    shell.sql("INSERT INTO users (a, b) VALUES ('1', '2')")


REFUSED: dict[str, tuple[str, type[ModelError], list[str]]] = {
    "not SQL": (
        B + made("converted_from('a', up='a::', down='c')"),
        ConversionSyntax,
        ["up='a::' of converted_from() on users.c is not an SQL expression: syntax error"],
    ),
    "two expressions": (
        B + made("converted_from('a', up='a', down='c, 1')"),
        ConversionSyntax,
        ["down='c, 1' of converted_from() on users.c is not"],
    ),
    "another value each time": (
        B + made("converted_from('a', up='a || random()', down='c')"),
        ConversionVaries,
        ["calls random(), which does not give the same value twice"],
    ),
    "another value every day": (
        B + made("converted_from('a', up='a', down='c || CURRENT_DATE')"),
        ConversionVaries,
        ["down='c || CURRENT_DATE' of converted_from() on users.c calls CURRENT_DATE"],
    ),
    "made of what is not there": (
        B + made("converted_from('a', up='lower(amount)', down='c')"),
        HintNamesNoColumn,
        ["names 'amount', and users has no such column.\nIt has: a, b, id."],
    ),
    "converted from what is not there": (
        A + B + made("converted_from('amount', up='a', down='c')"),
        HintNamesNoColumn,
        ["The hint converted_from on users.c names 'amount'"],
    ),
    "from a column that stays": (
        A + B + made("converted_from('a', up='lower(a)', down='c')"),
        ConversionKeepsOld,
        ["users.c carries on a, and the models still have a", "info=filled_by(...)"],
    ),
    "renamed from a column that stays": (
        A + B + made("renamed_from('a')"),
        ConversionKeepsOld,
        ["users.c carries on a, and the models still have a"],
    ),
    "onto a name that exists": (
        made("renamed_from('a')", "b"),
        SuccessorExists,
        ["users.b is to carry on a, but the database has a column b already", "b = a"],
    ),
    "in a circle": (
        made("renamed_from('b')", "a") + made("renamed_from('a')", "b"),
        RenamesInACircle,
        ["the columns are renamed in a circle, b → a → b", 'mapped_column("second", ...)'],
    ),
    "down the line": (
        made("renamed_from('a')", "b") + made("renamed_from('b')"),
        SuccessorExists,
        ["users.b is to carry on a, but the database has a column b already"],
    ),
    "twice": (
        B + made("renamed_from('a')") + made("renamed_from('a')", "d"),
        RenamedTwice,
        ["users.c and users.d both say renamed_from('a')", "info=converted_from('a', up=..."],
    ),
    "no way there": (
        B + made("converted_from('a')", kind="LargeBinary"),
        ConversionNeedsUp,
        ["users.c carries on a, and how its values are made from a is not obvious."],
    ),
    "no way back": (
        B + made("converted_from('a', up='a::bytea')", kind="LargeBinary"),
        ConversionNeedsDown,
        ["nothing says how a is made from it: the running release would not see"],
    ),
    "renamed, and no way there": (
        B + made("renamed_from('a')", kind="LargeBinary"),
        ConversionNeedsUp,
        ["users.c carries on a, and how"],
    ),
    "too few ways back": (
        made("converted_from('a', 'b', up='a || b', down='c')"),
        ConversionsDisagree,
        ["c carries on a, b, and down= has to say once how a, b is made: 2 expression(s)"],
    ),
}


def test_what_cannot_be(shell: Shell) -> None:
    files, before = shell.project.files(), shell.state()
    for name, (columns, error, texts) in REFUSED.items():
        shell.project.models(IMPORTS + columns)
        message = _refused(shell, name, error)
        for text in (*texts, "Nothing was written, and the database is unchanged."):
            assert text in message, f"{name}: {message}"
    assert shell.project.files() == files
    assert shell.state() == before


def _refused(shell: Shell, name: str, error: type[ModelError]) -> str:
    from alembic import command

    with shell.python() as config, pytest.raises(error) as raised:
        command.revision(config, name, autogenerate=True)
    return str(raised.value)
