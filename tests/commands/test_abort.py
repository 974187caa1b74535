"""`phased abort REV`: what an expand added goes away, and nothing else."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import histories
import psycopg
import pytest
from alembic import command

from phased.errors.running import CannotAbort
from phased.session import ABORTED

if TYPE_CHECKING:
    from shell import Shell

NOTHING_CHANGED = "Nothing has been changed in the database. "
FAILS = """
def expand():
    op.add_column("users", sa.Column("email", sa.Text))
    op.create_index(
        "users_bad", "users", [sa.text("(1 / (id - 50))")], postgresql_concurrently=True
    )
    op.add_column("users", sa.Column("never", sa.Text))
"""
FAILS_TO_FILL = """
def expand():
    op.add_column("users", sa.Column("size", sa.Integer))

def backfill():
    op.backfill("users", {"size": "1 / (id - 50)"})
"""
FAILS_TO_CONTRACT = """
def expand():
    op.add_column("users", sa.Column("email", sa.Text))

def contract():
    op.create_check_constraint(
        "users_email", "users", "email IS NOT NULL", postgresql_not_valid=True
    )
    op.validate_constraint("users_email", "users")
"""
DROPS = FAILS_TO_CONTRACT.replace(
    "def contract():", 'def contract():\n    op.drop_column("users", "name")'
)
RAW = """
def expand():
    op.execute("ALTER TABLE users ADD COLUMN email text")
"""


@pytest.fixture(autouse=True)
def history(shell: Shell) -> None:
    """A table with rows, and a revision about to come."""
    histories.write(shell)
    shell.succeed("alembic", "upgrade", "a1")
    shell.sql(histories.ROWS)


def refused(shell: Shell, revision: str, reason: str, advice: str) -> None:
    before = shell.state()
    done = shell.phased("abort", revision)
    assert (done.code, done.out) == (1, "")
    message = f"error: revision {revision} cannot be aborted: {reason}\n{NOTHING_CHANGED}{advice}\n"
    assert done.err == message
    assert shell.state() == before


def rows(shell: Shell) -> list[tuple[object, ...]]:
    return shell.sql("SELECT id, name FROM users ORDER BY id")


def test_expanded(shell: Shell) -> None:
    before, data = shell.state(), rows(shell)
    shell.succeed("alembic", "upgrade", "b2")
    shell.sql("UPDATE users SET name = 'changed meanwhile' WHERE id = 7")
    done = shell.succeed("phased", "abort", "b2")
    assert done.out == "✓ aborted b2\n"
    assert shell.state() == before
    assert rows(shell) == [(id_, "changed meanwhile" if id_ == 7 else n) for id_, n in data]


def test_expanded_and_up_again(shell: Shell) -> None:
    shell.succeed("alembic", "upgrade", "b2")
    expanded = shell.shape()
    shell.succeed("phased", "abort", "b2")
    shell.succeed("alembic", "upgrade", "b2")
    assert shell.shape() == expanded


def test_half_expanded(shell: Shell) -> None:
    before = shell.state()
    shell.project.revision("b2", FAILS, "a1")
    assert shell.alembic("upgrade", "b2").code == 1
    assert "column public.users.email" in shell.shape()
    assert shell.succeed("phased", "abort", "b2").out == "✓ aborted b2\n"
    assert shell.state() == before


def test_killed_while_an_index_was_built(shell: Shell) -> None:
    """It leaves an INVALID index, and a step that says it is running."""
    before = shell.state()
    shell.project.revision("b2", FAILS, "a1")
    assert shell.alembic("upgrade", "b2").code == 1
    with contextlib.suppress(psycopg.errors.DivisionByZero):
        shell.sql("CREATE INDEX CONCURRENTLY users_bad ON users ((1 / (id - 50)))")
    shell.sql("UPDATE phased_step SET state = 'running', error = NULL WHERE position = 1")
    assert shell.shape()["index public.users.users_bad"].endswith(" invalid")
    assert shell.succeed("phased", "abort", "b2").out == "✓ aborted b2\n"
    assert shell.state() == before


def test_half_filled(shell: Shell) -> None:
    before = shell.state()
    shell.project.revision("b2", FAILS_TO_FILL, "a1")
    assert shell.alembic("upgrade", "b2").code == 1
    assert shell.succeed("phased", "abort", "b2").out == "✓ aborted b2\n"
    assert shell.state() == before


def test_half_contracted_without_loss(shell: Shell) -> None:
    before = shell.state()
    shell.project.revision("b2", FAILS_TO_CONTRACT, "a1")
    shell.succeed("alembic", "upgrade", "b2")
    assert shell.phased("contract").code == 1
    assert "constraint public.users.users_email" in shell.shape()
    assert shell.succeed("phased", "abort", "b2").out == "✓ aborted b2\n"
    assert shell.state() == before


def test_half_contracted_with_loss(shell: Shell) -> None:
    shell.project.revision("b2", DROPS, "a1")
    shell.succeed("alembic", "upgrade", "b2")
    assert shell.phased("contract").code == 1
    refused(
        shell,
        "b2",
        "nothing is known to take back contract step 1: ALTER TABLE users DROP COLUMN name",
        'Write a new revision that brings back what you need:\n\n    alembic revision -m "..."',
    )


def test_contracted(shell: Shell) -> None:
    shell.succeed("alembic", "upgrade", "b2")
    shell.succeed("phased", "contract")
    refused(
        shell,
        "b2",
        "it has been contracted, and what it removed is gone.",
        'Write a new revision that brings back what you need:\n\n    alembic revision -m "..."',
    )


def test_contracted_by_somebody_else_in_the_last_moment(shell: Shell) -> None:
    """It is looked at again when nobody else is at work: downgrade() does not run instead."""
    shell.succeed("alembic", "upgrade", "b2")
    shell.succeed("phased", "contract")
    before = shell.state()
    with shell.python() as config:
        config.attributes[ABORTED] = "b2"
        with pytest.raises(CannotAbort, match="has been contracted"):
            command.downgrade(config, "a1")
    assert shell.state() == before


def test_later_revisions_build_on_it(shell: Shell) -> None:
    shell.project.revision("c3", "def expand():\n    pass", "b2")
    shell.project.revision("d4", "def expand():\n    pass", "c3")
    shell.succeed("alembic", "upgrade", "head")
    refused(
        shell,
        "b2",
        "revision d4 builds on it and is applied.",
        "Abort that one first:\n\n    phased abort d4",
    )
    for revision in ("d4", "c3", "b2"):
        assert shell.succeed("phased", "abort", revision).out == f"✓ aborted {revision}\n"
    assert shell.sql("TABLE alembic_version") == [("a1",)]


def test_old_style(shell: Shell) -> None:
    shell.succeed("alembic", "upgrade", "head")
    refused(
        shell,
        "c3",
        "it is an old-style revision, and has no expand that could be taken back by itself.",
        "Its own downgrade() undoes it:\n\n    alembic downgrade b2",
    )


def test_not_applied(shell: Shell) -> None:
    before = shell.state()
    done = shell.succeed("phased", "abort", "b2")
    assert done.out == "· nothing aborted: nothing of b2 has been applied\n"
    assert shell.state() == before


def test_twice(shell: Shell) -> None:
    shell.succeed("alembic", "upgrade", "b2")
    shell.succeed("phased", "abort", "b2")
    done = shell.succeed("phased", "abort", "b2")
    assert done.out == "· nothing aborted: nothing of b2 has been applied\n"


def test_nothing_takes_it_back(shell: Shell) -> None:
    shell.project.revision("b2", RAW, "a1")
    shell.succeed("alembic", "upgrade", "b2")
    refused(
        shell,
        "b2",
        "nothing is known to take back expand step 1: ALTER TABLE users ADD COLUMN email text",
        'Write a new revision that brings back what you need:\n\n    alembic revision -m "..."',
    )


def test_one_of_two_branches(shell: Shell) -> None:
    shell.project.revision(
        "x2", "def expand():\n    op.create_table('x', sa.Column('id', sa.Integer))", "a1"
    )
    before = shell.state()
    shell.succeed("alembic", "upgrade", "b2")
    with_b2 = shell.state()
    shell.succeed("alembic", "upgrade", "x2")
    assert shell.succeed("phased", "abort", "x2").out == "✓ aborted x2\n"
    assert shell.state() == with_b2
    assert shell.succeed("phased", "abort", "b2").out == "✓ aborted b2\n"
    assert shell.state() == before


def test_json(shell: Shell) -> None:
    shell.succeed("alembic", "upgrade", "b2")
    done = shell.succeed("phased", "abort", "b2", "--json")
    assert done.out == '{"outcome": "aborted", "revisions": ["b2"], "detail": ""}\n'
