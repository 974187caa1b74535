"""Models that cannot be turned into a revision: nothing is written, and it says what to write."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from phased.errors.models import (
    HintNamesNoColumn,
    HintsContradict,
    NeedsFilledBy,
    NoNamingConvention,
    UnnamedConstraint,
)

if TYPE_CHECKING:
    from shell import Shell

    from phased.errors.models import ModelError

IMPORTS = """
from sqlalchemy import BigInteger, CheckConstraint, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column
from phased.hints import filled_by, renamed_from
"""
USERS = """
class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    name: Mapped[str | None] = mapped_column(Text)
"""
NOTHING = "Nothing was written, and the database is unchanged.\n"
ROWS = "INSERT INTO users (name) SELECT 'n' || n FROM generate_series(1, 100) n"


@pytest.fixture(autouse=True)
def applied(shell: Shell) -> None:
    """A table with rows, made by the first revision."""
    write(shell, "")
    shell.succeed("alembic", "revision", "--autogenerate", "-m", "users")
    shell.succeed("alembic", "upgrade", "head")
    shell.sql(ROWS)
    shell.sql("ANALYZE users")


def write(shell: Shell, more: str, convention: str = "NAMES") -> None:
    """The models, with more in the body of the class."""
    shell.project.models(f"{IMPORTS}{USERS}{more}")
    path = shell.project.folder / "models.py"
    path.write_text(path.read_text().replace("convention=NAMES", f"convention={convention}"))


def refused(shell: Shell, error: type[ModelError], message: str) -> None:
    files = shell.project.files()
    shell.refuses(message, "revision", "--autogenerate", "-m", "more")
    before = shell.state()
    from alembic import command

    with shell.python() as config, pytest.raises(error) as raised:
        command.revision(config, "more", autogenerate=True)
    assert str(raised.value) == message
    assert shell.state() == before
    assert shell.project.files() == files


def test_no_naming_convention(shell: Shell) -> None:
    write(shell, "    email: Mapped[str | None] = mapped_column(Text)", "None")
    refused(
        shell,
        NoNamingConvention,
        "The MetaData of the models has no naming convention for uq, ck, fk, pk: constraints "
        "without a name get one from PostgreSQL that no revision can rely on.\n"
        f"{NOTHING}"
        "Give it one:\n\n"
        "    class Base(DeclarativeBase):\n"
        "        metadata = MetaData(\n"
        "            naming_convention={\n"
        '                "ix": "ix_%(column_0_N_label)s",\n'
        '                "uq": "uq_%(table_name)s_%(column_0_N_name)s",\n'
        '                "ck": "ck_%(table_name)s_%(constraint_name)s",\n'
        '                "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",\n'
        '                "pk": "pk_%(table_name)s",\n'
        "            }\n"
        "        )",
    )


@pytest.mark.parametrize(
    ("constraint", "kind", "definition"),
    [
        ('CheckConstraint("id > 0")', "CHECK", "id > 0"),
        ('UniqueConstraint("id", "name")', "UNIQUE", "id, name"),
    ],
)
def test_unnamed_constraint(shell: Shell, constraint: str, kind: str, definition: str) -> None:
    """A convention that is not for its kind."""
    write(shell, f"    __table_args__ = ({constraint},)", '{"pk": "pk_%(table_name)s"}')
    refused(
        shell,
        UnnamedConstraint,
        f"A {kind} constraint on users has no name, so no revision could drop or validate it: "
        f"{definition}\n"
        f"{NOTHING}"
        f'Name it in the model:\n\n    {constraint.partition("(")[0]}(..., name="...")',
    )


@pytest.mark.parametrize(
    ("hint", "name", "named"),
    [
        ('filled_by("lower(nmae)")', "filled_by", "nmae"),
        ('renamed_from("username")', "renamed_from", "username"),
    ],
)
def test_hint_names_a_column_that_is_not_there(
    shell: Shell, hint: str, name: str, named: str
) -> None:
    write(shell, f"    handle: Mapped[str] = mapped_column(Text, info={hint})")
    refused(
        shell,
        HintNamesNoColumn,
        f"The hint {name} on users.handle names {named!r}, and users has no such column.\n"
        "It has: handle, id, name.\n"
        f"{NOTHING}"
        "Correct the name in the model, or take the hint out.",
    )


def test_hints_that_contradict(shell: Shell) -> None:
    both = 'renamed_from("name") | filled_by("lower(name)")'
    write(shell, f"    handle: Mapped[str] = mapped_column(Text, info={both})")
    refused(
        shell,
        HintsContradict,
        "Column users.handle has two hints that contradict each other: renamed_from and "
        "filled_by. Its rows get their value from one of them.\n"
        f"{NOTHING}"
        "Keep one:\n\n"
        "    handle = mapped_column(..., info=renamed_from(...))",
    )


def test_not_null_column_without_a_way_to_fill_it(shell: Shell) -> None:
    write(shell, "    handle: Mapped[str] = mapped_column(Text)")
    [(size,)] = shell.sql("SELECT pg_size_pretty(pg_total_relation_size('users'))")
    refused(
        shell,
        NeedsFilledBy,
        "Column users.handle is new and NOT NULL, and nothing says what the rows that are there "
        f"(100 rows, {size}) get, nor the rows that the running release still inserts without it. "
        "A Python-side default= does not reach them.\n"
        f"{NOTHING}"
        "Say it in the model, as an SQL expression over the same row:\n\n"
        "    from phased import filled_by\n\n"
        """    handle: Mapped[...] = mapped_column(..., info=filled_by("'...'"))\n\n"""
        "or make the column nullable, or give it a server_default.",
    )
