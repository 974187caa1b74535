"""``make demo``: an edit of the models goes live under traffic, with phased and without.

Everything happens in copies under ``.phased/demo`` and in two databases of its own, so that
nothing of yours is changed and it can be run again. The numbers go to ``.phased/demo.json``.
"""

from __future__ import annotations

import sys
import time
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.rule import Rule
from rich.syntax import Syntax
from rich.text import Text

from app.demonstration import checkouts, databases, numbers, releases
from app.demonstration.checkouts import check_out, command, newest_revision
from app.demonstration.edit import MESSAGE, edit
from app.demonstration.plain import check_out_plain, write_revision
from app.demonstration.watch import when_expanded
from phased.embedded import database_url

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import URL

    from app.demonstration.checkouts import Checkout
    from app.demonstration.releases import Report, Running
    from app.workload.measurements import Row

PHASED, PLAIN = "phased_demo", "phased_demo_plain"
POSTS = databases.POSTS
SECONDS = 3.0  # how long a phase in which nothing but traffic happens is watched
OLD_SEED, NEW_SEED = 1, 2

console = Console(highlight=False, markup=False, width=None if sys.stdout.isatty() else 120)


def main() -> int:
    """Both sides, then the table; 0 only if phased failed no query and left no drift."""
    url = database_url()
    try:
        return show(url)
    finally:
        databases.drop(url, PHASED)
        databases.drop(url, PLAIN)


def show(url: URL) -> int:
    """Tell the story from beginning to end."""
    heading(f"A database with {POSTS:,} posts, and a copy of it")
    old = prepare(url)
    databases.copy(url, PHASED, PLAIN)
    with_phased, clean = roll_out(old)
    console.print(numbers.table({"phased": rows(with_phased)}))
    with_alembic = roll_out_plain(old, url.set(database=PLAIN))
    return conclude({"phased": with_phased, "alembic": with_alembic}, clean=clean)


def prepare(url: URL) -> Checkout:
    """The old build, migrated and filled."""
    old = check_out("old", databases.create(url, PHASED))
    run(old, "alembic", "upgrade", "head", quiet=True)
    databases.fill(old.url, POSTS)
    return old


def roll_out(old: Checkout) -> tuple[list[Report], bool]:
    """With phased: expand and backfill, both releases, contract. Second: no drift at the end."""
    heading("With phased: the old release serves, and the models are edited")
    with serving() as stack:
        before = start(stack, "old", old, OLD_SEED)
        new = check_out("new", old.url)
        code(edit(new.folder), "diff")
        file = revise(new)
        run(new, "phased", "plan")
        time.sleep(SECONDS)
        upgrade(new, file, before)
        return deploy_and_contract(stack, new, before)


def revise(new: Checkout) -> Path:
    """Write the revision with the real command, and show it."""
    run(new, "alembic", "revision", "--autogenerate", "-m", MESSAGE)
    file = newest_revision(new)
    code(file.read_text(), "python")
    return file


def upgrade(new: Checkout, file: Path, before: Running) -> None:
    """Expand and backfill, with the traffic told which is which."""
    heading("Upgrade under traffic")
    releases.enter(before, "expand")
    revision = revision_of(file)
    with when_expanded(new.url, revision, lambda: releases.enter(before, "backfill")):
        run(new, "alembic", "upgrade", "head")


def deploy_and_contract(
    stack: ExitStack, new: Checkout, before: Running
) -> tuple[list[Report], bool]:
    """Both releases side by side, then the new one alone, then the contract."""
    heading("Deploy: the new release beside the old, then the old one stops")
    releases.enter(before, "deploy")
    after = start(stack, "new", new, NEW_SEED, phase="deploy")
    time.sleep(SECONDS)
    first = releases.stop(before)
    heading("Contract")
    releases.enter(after, "contract")
    run(new, "phased", "contract")
    releases.enter(after, "after")
    clean = run(new, "alembic", "check", allowed=(0, 1)) == 0
    time.sleep(SECONDS / 2)
    return [first, releases.stop(after)], clean


def roll_out_plain(old: Checkout, url: URL) -> list[Report]:
    """The same edit, data and traffic with Alembic alone."""
    heading("The same with plain Alembic: its own autogenerate, made to run by hand")
    databases.forget_migrations(url)
    plain = check_out_plain("plain", url)
    code(up_only(write_revision(plain).read_text()), "python")
    with serving() as stack:
        before = start(stack, "old", type(old)(old.folder, url), OLD_SEED)
        time.sleep(SECONDS)
        releases.enter(before, "upgrade")
        run(plain, "alembic", "upgrade", "head")
        releases.enter(before, "deploy")
        after = start(stack, "new", plain, NEW_SEED, phase="deploy")
        time.sleep(SECONDS)
        first = releases.stop(before)
        releases.enter(after, "after")
        time.sleep(SECONDS / 2)
        return [first, releases.stop(after)]


def conclude(sides: dict[str, list[Report]], *, clean: bool) -> int:
    """The table of both, what the failures said, and the file."""
    heading("Side by side")
    measured = {side: rows(reports) for side, reports in sides.items()}
    console.print(numbers.table(measured))
    for side, reports in sides.items():
        for report in reports:
            for sqlstate, message in report["messages"].items():
                console.print(f"{side} {sqlstate}: {message.splitlines()[0]}")
    numbers.write(checkouts.HERE.with_suffix(".json"), measured)
    console.print("The same numbers: .phased/demo.json; the files: .phased/demo/")
    failed = sum(row["failures"] for row in measured["phased"])
    return 0 if clean and not failed else 1


def rows(reports: list[Report]) -> list[Row]:
    """What several releases measured."""
    return [row for report in reports for row in report["rows"]]


@contextmanager
def serving() -> Iterator[ExitStack]:
    """Whatever happens, no release is left behind."""
    with ExitStack() as stack:
        yield stack


def start(
    stack: ExitStack, name: str, checkout: Checkout, seed: int, phase: str = "before"
) -> Running:
    """Start a release in the phase that the numbers are to begin with."""
    running = releases.start(name, checkout, seed, phase)
    stack.callback(releases.kill, running)
    return running


def run(
    checkout: Checkout, *words: str, quiet: bool = False, allowed: tuple[int, ...] = (0,)
) -> int:
    """Show a command and run it; the demo ends where it fails."""
    if not quiet:
        shown = (f'"{word}"' if " " in word else word for word in words)
        console.print(Text(f"$ {' '.join(shown)}", style="bold green"), soft_wrap=True)
    begun = time.monotonic()
    exit_code = command(checkout, *words, quiet=quiet)
    if not quiet:
        console.print(Text(f"took {time.monotonic() - begun:.1f} s", style="dim"))
    if exit_code not in allowed:
        sys.exit(exit_code)
    return exit_code


def revision_of(file: Path) -> str:
    """The id that a revision file gives itself."""
    line = next(line for line in file.read_text().splitlines() if line.startswith("revision"))
    return line.split("=")[1].strip().strip("\"'")


def up_only(text: str) -> str:
    """A revision file without its way back."""
    return text.partition("\n\ndef downgrade")[0]


def heading(text: str) -> None:
    """Begin a part of the story."""
    console.print()
    console.print(Rule(text, align="left"))


def code(text: str, language: str) -> None:
    """A file or a difference, in colours where there are any."""
    console.print(Syntax(text, language, background_color="default", word_wrap=True))


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
