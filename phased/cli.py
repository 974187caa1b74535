"""The `phased` command: Alembic's own command line with more verbs."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from alembic.config import CommandLine
from alembic.util import CommandError

from phased import console, verbs
from phased.discovery import modules

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Sequence

    from alembic.config import Config

MISUSE = 2
INTERRUPTED = 130


class PhasedCommandLine(CommandLine):
    """Alembic's commands, and one for each module in `phased/verbs`."""

    def __init__(self) -> None:
        super().__init__(prog="phased")
        for module in modules(verbs):
            name = module.__name__.rpartition(".")[2]
            self.register_command(getattr(module, name))
            module.arguments(self.subparsers.choices[name])

    def run_cmd(self, config: Config, options: Namespace) -> None:
        """Run a command and exit with its code."""
        sys.exit(_code(config, options))


def main(argv: Sequence[str] | None = None) -> None:
    """The entry point; exits 0, or 1 on findings and drift, 2 on misuse, 130 when interrupted."""
    try:
        PhasedCommandLine().main(argv)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)


def _code(config: Config, options: Namespace) -> int:
    function, positional, keywords = options.cmd
    arguments: list[Any] = [getattr(options, name, None) for name in positional]
    given = {name: getattr(options, name, None) for name in keywords}
    try:
        return int(function(config, *arguments, **given) or 0)
    except CommandError as error:
        if options.raiseerr:
            raise
        return console.fail(error, json=bool(getattr(options, "json", False)))
