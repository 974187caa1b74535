"""`phased contract`, `plan`, `lint`, `explain`, and what `--help` says."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import histories
import pytest

if TYPE_CHECKING:
    from shell import Shell

DOES = {
    "backfill": "Show the backfill that is under way, pause it, let it go on, or change how fast",
    "abort": "Take back what an expand added, as long as it has not been contracted.",
    "contract": "Restrict and remove what is pending: say that no older release is running.",
    "explain": "Print why a recipe or a rule is as it is; without a name, list them all.",
    "lint": "Judge revision files by the rules; exit 1 on an error.",
    "plan": "Show what would run: phase, statement, lock, table size, scan or rewrite",
    "status": "Show every revision and how far its phases have come; never writes.",
}


@pytest.fixture
def expanded(shell: Shell) -> None:
    histories.write(shell)
    shell.succeed("alembic", "upgrade", "a1")
    shell.sql(histories.ROWS)
    shell.succeed("alembic", "upgrade", "b2")


@pytest.mark.usefixtures("expanded")
def test_contract_twice(shell: Shell) -> None:
    assert shell.succeed("phased", "contract", "b2").out == "✓ contracted b2\n"
    after = shell.state()
    again = shell.succeed("phased", "contract", "b2")
    assert (again.out, again.err) == ("· nothing contracted: the contract of b2 is done\n", "")
    again = shell.succeed("phased", "contract")
    assert (again.out, again.err) == ("· nothing contracted: no contract is pending\n", "")
    assert shell.state() == after


@pytest.mark.usefixtures("expanded")
def test_contract_of_one_of_two(shell: Shell) -> None:
    later = """
def contract():
    op.create_check_constraint("n", "users", "id > 0", postgresql_not_valid=True)
"""
    shell.project.revision("c3", later, "b2")
    shell.succeed("alembic", "upgrade", "head")
    assert shell.succeed("phased", "contract", "c3", "--json").out == (
        '{"outcome": "contracted", "revisions": ["c3"], "detail": ""}\n'
    )
    assert shell.succeed("phased", "contract").out == "✓ contracted b2\n"


def test_contract_of_what_is_not_applied(shell: Shell) -> None:
    histories.write(shell)
    shell.succeed("alembic", "upgrade", "a1")
    before = shell.state()
    done = shell.phased("contract", "b2")
    assert (done.code, done.out) == (2, "")
    assert done.err == (
        "error: revision b2 cannot be contracted: its expand is not done.\n"
        "Nothing has been changed in the database. Run first:\n\n    alembic upgrade b2\n"
    )
    assert shell.state() == before


@pytest.mark.usefixtures("expanded")
def test_plan_has_what_is_pending_and_changes_nothing(shell: Shell) -> None:
    before = shell.state()
    shown = json.loads(shell.succeed("phased", "plan", "--json").out)
    assert [plan["revision"] for plan in shown["revisions"]] == ["b2", "c3"]
    assert shell.state() == before


def test_plan_up_to_a_revision(shell: Shell) -> None:
    histories.write(shell)
    shown = json.loads(shell.succeed("phased", "plan", "a1", "--json").out)
    assert [plan["revision"] for plan in shown["revisions"]] == ["a1"]


@pytest.mark.usefixtures("expanded")
def test_plan_of_one_contract(shell: Shell) -> None:
    shown = json.loads(shell.succeed("phased", "plan", "b2", "--json").out)
    assert [plan["revision"] for plan in shown["revisions"]] == ["b2"]
    assert {step["phase"] for step in shown["revisions"][0]["steps"]} == {"contract"}


@pytest.mark.usefixtures("expanded")
def test_plan_exits_1_on_an_error(shell: Shell) -> None:
    shell.project.revision("c3", "def expand():\n    op.drop_column('users', 'name')", "b2")
    done = shell.phased("plan")
    assert (done.code, done.err) == (1, "")
    assert "destroys_before_contract" in done.out
    assert shell.phased("lint").code == 1


def test_nothing_to_plan(shell: Shell) -> None:
    assert shell.succeed("phased", "plan").out == "✓ Nothing to run.\n"


def test_explain(shell: Shell) -> None:
    names = shell.succeed("phased", "explain").out.split()
    assert {"set_not_null", "destroys_before_contract"} <= set(names)
    assert "Bad" in shell.succeed("phased", "explain", "set_not_null").out
    done = shell.phased("explain", "set_notnull")
    assert (done.code, done.out) == (2, "")
    assert "set_not_null" in done.err


def test_help_names_every_verb(shell: Shell) -> None:
    shown = shell.succeed("phased", "--help").out
    assert all(f"\n    {verb} " in shown for verb in DOES)
    assert "\n    upgrade " in shown


@pytest.mark.parametrize("verb", DOES)
def test_help_of_a_verb_says_what_it_does(shell: Shell, verb: str) -> None:
    shown = " ".join(shell.succeed("phased", verb, "--help").out.split())
    listed = " ".join(shell.succeed("phased", "--help").out.split())
    assert shown.startswith(f"usage: phased {verb} [-h]")
    assert DOES[verb] in shown
    assert DOES[verb] in listed


def test_misuse(shell: Shell) -> None:
    for arguments in ((), ("no-such-verb",), ("abort",), ("status", "--no-such-option")):
        done = shell.phased(*arguments)
        assert (done.code, done.out) == (2, "")
        assert done.err.startswith("usage: phased ")


def test_the_two_executables(shell: Shell) -> None:
    """As processes of their own: exit codes, and no traceback."""
    shell.project.revision("a1", "def expand():\n    pass")
    for done in (shell.project.phased("upgrade", "nope"), shell.project.alembic("upgrade", "nope")):
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.startswith("error: there is no revision 'nope' in alembic/versions.\n")
        assert "Traceback" not in done.stderr
