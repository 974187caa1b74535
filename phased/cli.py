"""The `phased` command: Alembic's own command line with more verbs."""

from __future__ import annotations

import configparser
import inspect
import sys
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from alembic.config import CommandLine
from alembic.script import ScriptDirectory
from alembic.util import CommandError

from phased import console, revisions, verbs
from phased.discovery import modules
from phased.errors.settings import BrokenIni
from phased.verb import json_option

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Sequence

    from alembic.config import Config

INTERRUPTED = 130


class PhasedCommandLine(CommandLine):
    """Alembic's commands, and one for each module in `phased/verbs`."""

    def __init__(self) -> None:
        super().__init__(prog="phased")
        for module in modules(verbs):
            name = module.__name__.rpartition(".")[2]
            function = getattr(module, name)
            self.register_command(function)
            self.subparsers.choices[name].description = inspect.getdoc(function)
            module.arguments(self.subparsers.choices[name])
        json_option(self.subparsers.choices["upgrade"])

    def run_cmd(self, config: Config, options: Namespace) -> None:
        """Run a command and exit with its code.

        Raises:
            CommandError: With `--raiseerr`.
        """
        try:
            sys.exit(_run(config, options))
        except CommandError as error:
            if options.raiseerr:
                raise
            sys.exit(console.fail(error, json=bool(getattr(options, "json", False))))


def main(argv: Sequence[str] | None = None) -> None:
    """The entry point; exits 0, or 1 on findings and drift, 2 on misuse, 130 when interrupted.

    Raises:
        CommandError: With `--raiseerr`.
    """
    words = sys.argv[1:] if argv is None else list(argv)
    if words == ["--version"]:
        return console.print_report(f"phased {version('phased')} (alembic {version('alembic')})")
    try:
        return PhasedCommandLine().main(words)
    except CommandError as error:  # before there is a command to run, or with --raiseerr
        if "--raiseerr" in words:
            raise
        sys.exit(console.fail(error))
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)


def _run(config: Config, options: Namespace) -> int:
    function, positional, keywords = options.cmd
    arguments: list[Any] = [getattr(options, name, None) for name in positional]
    given = {name: getattr(options, name, None) for name in keywords}
    try:
        return int(function(config, *arguments, **given) or 0)
    except CommandError as error:
        if error.__cause__ is None:
            raise
        script = ScriptDirectory.from_config(config)
        raise revisions.explained(error, script) from error.__cause__
    except configparser.Error as error:
        raise BrokenIni(reason=" ".join(str(error).split())) from error
    except Exception:
        revisions.load(ScriptDirectory.from_config(config))  # says so when it is one of the files
        raise
