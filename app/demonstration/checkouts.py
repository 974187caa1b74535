"""Checkouts of the application under ``.phased/demo``: each a build of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import URL

ROOT = Path(__file__).parent.parent.parent
HERE = ROOT / ".phased" / "demo"
PARTS = ("app", "alembic", "alembic.ini")


@dataclass(frozen=True, slots=True)
class Checkout:
    """A copy of the application, and the database that its commands connect to."""

    folder: Path
    url: URL


def check_out(name: str, url: URL, *, parts: tuple[str, ...] = PARTS) -> Checkout:
    """Copy the application as it is in the working tree; an older copy goes away."""
    folder = HERE / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for part in parts:
        _copy(ROOT / part, folder / part)
    return Checkout(folder, url)


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        shutil.copy(source, target)


def environment(checkout: Checkout) -> dict[str, str]:
    """The environment of this checkout's processes: its database, and its code first."""
    return os.environ | {
        "DATABASE_URL": checkout.url.render_as_string(hide_password=False),
        "PYTHONPATH": os.pathsep.join([str(checkout.folder), str(ROOT)]),
        "PYTHONUNBUFFERED": "1",
    }


def command(checkout: Checkout, *words: str, quiet: bool = False) -> int:
    """Run a command that was installed beside this Python, in the checkout.

    Args:
        checkout: Where.
        words: The command and its arguments.
        quiet: Show its output only if it fails.

    Returns:
        Its exit code.
    """
    program = Path(sys.executable).with_name(words[0])
    done = subprocess.run(  # noqa: S603 # our own commands
        [program, *words[1:]],
        cwd=checkout.folder,
        env=environment(checkout),
        check=False,
        text=True,
        stdout=subprocess.PIPE if quiet else None,
        stderr=subprocess.STDOUT if quiet else None,
    )
    if quiet and done.returncode:
        sys.stderr.write(done.stdout)
    return done.returncode


def newest_revision(checkout: Checkout) -> Path:
    """The revision file that was written last."""
    files = (checkout.folder / "alembic" / "versions").glob("*.py")
    return max(files, key=lambda file: file.stat().st_mtime_ns)
