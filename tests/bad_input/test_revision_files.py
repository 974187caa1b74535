"""A revision file that cannot be used stops the command before anything is changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from phased.errors.revisions import (
    AsksForConnection,
    BrokenHistory,
    BrokenRevision,
    NoPhases,
    PhasesAndUpgrade,
)

if TYPE_CHECKING:
    from shell import Shell

UPGRADE = ("upgrade", "head")
FILE = "alembic/versions/b2.py"
USERS = """
def expand():
    op.create_table("users", sa.Column("id", sa.BigInteger, primary_key=True))
"""
FIRST_LINE = 14  # of what a test writes into a revision
MEND = "Nothing has been changed in the database. Mend the file, then run the command again."
BROKEN = {
    "def expand(:\n    pass": "invalid syntax",
    "import no_such_module": "ModuleNotFoundError: No module named 'no_such_module'",
    "from models import Nobody": (
        "ImportError: cannot import name 'Nobody' from 'models' ({models})"
    ),
    "size = undefined": "NameError: name 'undefined' is not defined",
}
CONNECTIONS = (
    "op.get_bind()",
    "op.get_bind().scalar(sa.text('SELECT 1'))",
    "sa.inspect(op.get_bind())",
    "op.get_context().connection.execute(sa.text('SELECT 1'))",
    "op.get_context().bind.scalar(sa.text('SELECT 1'))",
)


@pytest.fixture(autouse=True)
def revision(shell: Shell) -> None:
    """One that is fine comes first: it must not run either."""
    shell.project.revision("a1", USERS)


@pytest.mark.parametrize("body", BROKEN)
def test_file_cannot_be_imported(shell: Shell, body: str) -> None:
    shell.project.revision("b2", body, "a1")
    reason = BROKEN[body].format(models=shell.project.folder / "models.py")
    message = f"{FILE} cannot be imported: line {FIRST_LINE}: {reason}\n{MEND}"
    shell.refuses(message, *UPGRADE)
    shell.raises(BrokenRevision, message, *UPGRADE)
    for verb in ("status", "plan", "lint", "heads", "history"):
        assert shell.phased(verb).err == f"error: {message}\n"


def test_neither_expand_nor_upgrade(shell: Shell) -> None:
    shell.project.revision("b2", "def downgrade():\n    pass", "a1")
    message = (
        f"{FILE} has neither expand() nor upgrade(), so there is nothing to run.\n"
        "Nothing has been changed in the database. Add to the file:\n\n"
        "    def expand() -> None:\n        pass\n\n"
        "    def backfill() -> None:\n        pass\n\n"
        "    def contract() -> None:\n        pass"
    )
    shell.refuses(message, *UPGRADE)
    shell.raises(NoPhases, message, *UPGRADE)


def test_both_expand_and_upgrade(shell: Shell) -> None:
    shell.project.revision("b2", f"{USERS}\ncontract = upgrade = expand", "a1")
    message = (
        f"{FILE} has both upgrade() and expand(), contract(): it is not clear which of them is "
        "the revision.\n"
        "Nothing has been changed in the database. Move what upgrade() does into expand(), "
        "backfill() and contract(), and remove upgrade()."
    )
    shell.refuses(message, *UPGRADE)
    shell.raises(PhasesAndUpgrade, message, *UPGRADE)


@pytest.mark.parametrize("call", CONNECTIONS)
@pytest.mark.parametrize("phase", ["expand", "contract"])
def test_phase_asks_for_a_connection(shell: Shell, call: str, phase: str) -> None:
    shell.project.revision("b2", f"def {phase}():\n    {call}", "a1")
    message = (
        f"{FILE}:{FIRST_LINE + 1} asks for a database connection, and phase functions are "
        "recorded without one.\n"
        "Nothing has been changed in the database.\n"
        "Say it as an operation: op.execute() for a statement, op.backfill() for rows:\n\n"
        """    op.backfill("users", {"locale": "'en'"})"""
    )
    shell.refuses(message, *UPGRADE)
    shell.raises(AsksForConnection, message, *UPGRADE)


def test_phase_raises(shell: Shell) -> None:
    shell.project.revision("b2", "def expand():\n    1 / 0", "a1")
    message = f"{FILE}:{FIRST_LINE + 1} raises ZeroDivisionError: division by zero\n{MEND}"
    shell.refuses(message, *UPGRADE)


def test_statement_is_not_sql(shell: Shell) -> None:
    shell.project.revision("b2", "def expand():\n    op.execute('CREATE TABEL users ()')", "a1")
    message = (
        'PostgreSQL does not read this statement: syntax error at or near "TABEL", at '
        "character 8:\n\n    CREATE TABEL users ()\n\n"
        "Nothing was run. The statement as a whole:\n\nCREATE TABEL users ()\n\n"
        "Correct it in the revision file and run the command again."
    )
    shell.refuses(message, *UPGRADE)


@pytest.mark.parametrize(
    ("down", "reason"),
    [
        ("zz", "one of them follows 'zz', and no file has that id"),
        ("b2", "Self-loop is detected in revisions (b2)"),
    ],
)
def test_files_do_not_follow_one_another(shell: Shell, down: str, reason: str) -> None:
    shell.project.revision("b2", "def expand():\n    pass", down)
    message = (
        f"the revision files do not follow one another: {reason}.\n"
        "Nothing has been changed in the database. Mend `down_revision` in the file that is "
        "wrong, or bring back the file that is missing, then run the command again."
    )
    shell.refuses(message, *UPGRADE)
    shell.raises(BrokenHistory, message, *UPGRADE)
    assert shell.phased("heads").err == f"error: {message}\n"


def test_no_configuration(shell: Shell) -> None:
    (shell.project.folder / "alembic.ini").unlink()
    done = shell.phased("status")
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("error: No ")
    assert "Traceback" not in done.err


def test_configuration_cannot_be_read(shell: Shell) -> None:
    (shell.project.folder / "alembic.ini").write_text("[alembic\n")
    done = shell.phased("status")
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("error: Alembic's configuration cannot be read: ")
    assert "Mend the file, then run the command again." in done.err
