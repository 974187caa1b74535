"""Heads that are ambiguous, ids that are not there, a database that is further than the files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from phased.errors.revisions import AmbiguousRevision, DatabaseAhead, NotAtHead, SeveralHeads
from phased.errors.running import UnknownRevision

if TYPE_CHECKING:
    from shell import Shell

USERS = """
def expand():
    op.create_table("users", sa.Column("id", sa.BigInteger, primary_key=True))
"""
NOTHING = "def expand():\n    pass"
AUTOGENERATE = ("revision", "--autogenerate", "-m", "more")
SEVERAL = (
    "there are several heads: b1, b2. It is not clear which of them `head` means.\n"
    "Nothing has been changed in the database. Join them with a revision that follows both:"
    '\n\n    alembic merge heads -m "merge"'
)


@pytest.fixture(autouse=True)
def revision(shell: Shell) -> None:
    shell.project.revision("a1", USERS)


@pytest.fixture
def two_heads(shell: Shell) -> None:
    shell.project.revision("b1", NOTHING, "a1")
    shell.project.revision("b2", NOTHING, "a1")


@pytest.mark.usefixtures("two_heads")
def test_two_heads(shell: Shell) -> None:
    shell.refuses(SEVERAL, "upgrade", "head")
    shell.raises(SeveralHeads, SEVERAL, "upgrade", "head")
    shell.refuses(SEVERAL, "stamp", "head")
    assert shell.phased("plan", "head").err == f"error: {SEVERAL}\n"


@pytest.mark.usefixtures("two_heads")
def test_two_heads_and_autogenerate(shell: Shell) -> None:
    shell.succeed("alembic", "upgrade", "heads")
    files = shell.project.files()
    shell.refuses(SEVERAL, *AUTOGENERATE)
    assert shell.project.files() == files


@pytest.mark.usefixtures("two_heads")
def test_two_heads_and_a_revision_without_autogenerate(shell: Shell) -> None:
    assert shell.phased("revision", "-m", "more").err == f"error: {SEVERAL}\n"


@pytest.mark.usefixtures("two_heads")
def test_beginning_of_several_ids(shell: Shell) -> None:
    shell.project.revision("c001", NOTHING, "b1")
    shell.project.revision("c002", NOTHING, "b2")
    message = (
        "'c00' is the beginning of several revisions: c001, c002.\n"
        "Nothing has been changed in the database. Type more of the one that you mean."
    )
    shell.refuses(message, "upgrade", "c00")
    shell.raises(AmbiguousRevision, message, "upgrade", "c00")
    for verb in ("contract", "abort", "plan"):
        assert shell.phased(verb, "c00").err == f"error: {message}\n"


@pytest.mark.parametrize("command", ["upgrade", "downgrade", "stamp"])
def test_unknown_id(shell: Shell, command: str) -> None:
    message = (
        "there is no revision 'nope' in alembic/versions.\n"
        "Nothing has been changed in the database. See which there are:\n\n    alembic history"
    )
    shell.refuses(message, command, "nope")
    shell.raises(UnknownRevision, message, command, "nope")
    for verb in ("contract", "abort", "plan", "lint", "show"):
        assert shell.phased(verb, "nope").err == f"error: {message}\n"


def test_database_is_ahead_of_the_files(shell: Shell) -> None:
    newer = shell.project.revision("b2", NOTHING, "a1")
    shell.succeed("alembic", "upgrade", "head")
    newer.unlink()
    message = (
        "the database is at revision b2, and no file in alembic/versions has that id: it was "
        "migrated from newer code, or the file was deleted.\n"
        "Nothing has been changed in the database. Check out the code that has the file, for "
        "instance:\n\n    git pull\n\n"
        "Where the file is gone for good, say which revision the database has:\n\n"
        "    alembic stamp --purge <revision>"
    )
    shell.refuses(message, "upgrade", "head")
    shell.raises(DatabaseAhead, message, "upgrade", "head")
    shell.refuses(message, "current")
    shell.refuses(message, "downgrade", "a1")
    shell.refuses(message, *AUTOGENERATE)
    for arguments in (("plan",), ("contract",), ("abort", "a1")):
        assert shell.phased(*arguments).err == f"error: {message}\n"
    assert shell.phased("status").code == 0
    shell.succeed("alembic", "stamp", "--purge", "a1")
    assert shell.succeed("alembic", "current").out == "a1 (head)\n"


def test_autogenerate_on_a_database_that_lacks_revisions(shell: Shell) -> None:
    message = (
        "the database has not got all revisions yet, so comparing it with the models would "
        "propose them again.\n"
        "Nothing was written, and the database is unchanged. Run first:\n\n"
        "    alembic upgrade heads"
    )
    shell.succeed("alembic", "ensure_version")
    shell.refuses(message, *AUTOGENERATE)
    shell.refuses(message, "check")
    shell.raises(NotAtHead, message, "check")
    assert len(shell.project.files()) == 1
