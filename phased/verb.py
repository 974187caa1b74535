"""What a verb is: a command that runs `env.py` and works with the session it opens.

A verb is a module in ``phased/verbs``, found by its file name, with a function of that name that
Alembic's command line can register, and ``arguments(parser)`` for its own options.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory

from phased import console
from phased.errors.revisions import shown_path
from phased.errors.settings import EnvironmentNotOurs
from phased.reports import named
from phased.session import VERB

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Callable

    from alembic.config import Config

    from phased.report import Report
    from phased.session import Session

Result = TypeVar("Result")


def in_session(
    config: Config, action: Callable[[Session], Result], *, changes: bool = False
) -> Result:
    """Run `env.py` and give its session to an action.

    Args:
        config: Alembic's configuration.
        action: What to do.
        changes: It may change the database, and so must be the only runner.

    Raises:
        EnvironmentNotOurs: `env.py` does not call phased.
    """
    script = ScriptDirectory.from_config(config)
    results: list[Result] = []

    def verb(session: Session) -> None:
        results.append(action(session))

    verb.changes = changes  # type: ignore[attr-defined] # read where the session is opened
    config.attributes[VERB] = verb
    try:
        with EnvironmentContext(config, script, fn=lambda *_: [], dont_mutate=True):
            script.run_env()
    finally:
        del config.attributes[VERB]
    if not results:
        raise EnvironmentNotOurs(path=shown_path(script.env_py_location))
    return results[0]


def json_option(parser: ArgumentParser) -> None:
    """Give a command `--json`."""
    parser.add_argument("--json", action="store_true", help="Print JSON, for machines.")


def report(*, json: bool) -> Report:
    """The output format that was asked for."""
    return named("json" if json else "text")


show = console.print_report
