"""`phased explain [NAME]`: why a recipe or a rule is as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phased import explain as explaining
from phased.verb import show

if TYPE_CHECKING:
    from argparse import ArgumentParser

    from alembic.config import Config


def explain(config: Config, name: str | None = None) -> int:
    """Print why a recipe or a rule is as it is; without a name, list them all."""
    del config
    show(explaining.explain(name) if name else "\n".join(explaining.names()))
    return 0


def arguments(parser: ArgumentParser) -> None:
    """The options of `phased explain`."""
    parser.add_argument("name", nargs="?", help="Name of a recipe or a rule.")
