"""Words that do not fit the command, and an `env.py` that is not ours."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from shell import Shell

PLAIN = """
from alembic import context
from models import Base, engine

made = engine()
with made.connect() as connection:
    context.configure(connection=connection, target_metadata=Base.metadata)
    with context.begin_transaction():
        context.run_migrations()
made.dispose()
"""


@pytest.fixture(autouse=True)
def revision(shell: Shell) -> None:
    shell.project.revision("a1", "def expand():\n    op.execute('CREATE TABLE users ()')")


@pytest.mark.parametrize(
    "arguments",
    [
        ("-x", "phased=contracts", "upgrade", "head"),
        ("-x", "phased=contract", "downgrade", "base"),
        ("-x", "phased=contract", "stamp", "head"),
        ("-x", "phased=contract", "current"),
        ("-x", "phased=contract", "revision", "--autogenerate", "-m", "more"),
        ("-x", "phased=contract", "downgrade", "a1:base", "--sql"),
    ],
)
def test_contract_goes_with_upgrade(shell: Shell, arguments: tuple[str, ...]) -> None:
    message = (
        f"-x {arguments[1]} does not fit this command.\n"
        "Nothing has been changed in the database. It says that the deploy has finished, and "
        "goes with upgrade:\n\n"
        "    alembic -x phased=contract upgrade head"
    )
    shell.refuses(message, *arguments)
    assert len(shell.project.files()) == 1


@pytest.mark.parametrize("verb", ["status", "plan", "contract", "abort"])
def test_env_py_is_not_ours(shell: Shell, verb: str) -> None:
    (shell.project.folder / "alembic" / "env.py").write_text(PLAIN)
    before = shell.state()
    done = shell.phased(verb, *["a1"][: verb == "abort"])
    assert (done.code, done.out) == (2, "")
    assert done.err == (
        "error: alembic/env.py does not call phased.environment.run(), so there is nothing to "
        "ask.\n"
        "Nothing has been changed in the database. It can be as short as this:\n\n"
        "    from app.db import engine\n"
        "    from app.models import Base\n"
        "    from phased.environment import run\n\n"
        "    run(engine, target_metadata=Base.metadata)\n"
    )
    assert shell.state() == before


def test_env_py_is_not_ours_and_a_revision_is_phased(shell: Shell) -> None:
    """Plain Alembic fails closed: it does not take the file for an empty one."""
    (shell.project.folder / "alembic" / "env.py").write_text(PLAIN)
    done = shell.project.alembic("upgrade", "head")
    assert done.returncode == 1
    assert "has no attribute 'upgrade'" in done.stderr
    assert "table public.users" not in shell.shape()
