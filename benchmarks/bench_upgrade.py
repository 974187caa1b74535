"""`alembic upgrade head`, from empty and with nothing to do, beside plain Alembic in one run."""

from __future__ import annotations

import json
import statistics
import tempfile
import time
from pathlib import Path

from projects import ROOT, new_database, server, upgrade, write
from rich.console import Console
from rich.table import Table

REVISIONS = (1, 100, 500)
ROUNDS = 9
TARGET = 1.2


def main() -> None:
    """Measure, write `benchmarks/results/upgrade.json`, print a table."""
    rows = [measure(revisions) for revisions in REVISIONS]
    results = ROOT / "benchmarks" / "results"
    results.mkdir(exist_ok=True)
    (results / "upgrade.json").write_text(json.dumps({"target": TARGET, "rows": rows}, indent=2))
    Console().print(table(rows))


def measure(revisions: int) -> dict[str, float]:
    """Seconds for both, in turns, so that a busy machine is busy for both."""
    with tempfile.TemporaryDirectory() as folder:
        first = {name: prepared(Path(folder), name, revisions) for name in ("plain", "phased")}
        took: dict[str, list[float]] = {"plain": [], "phased": []}
        for _ in range(ROUNDS):
            for name, seconds in took.items():
                seconds.append(timed(Path(folder) / name, name))
        plain, phased = (statistics.median(took[name]) for name in ("plain", "phased"))
    return {
        "revisions": revisions,
        "empty_plain_s": first["plain"],
        "empty_phased_s": first["phased"],
        "no_op_plain_s": plain,
        "no_op_phased_s": phased,
        "no_op_ratio": phased / plain,
    }


def prepared(folder: Path, name: str, revisions: int) -> float:
    """A project at its head; seconds that the upgrade from empty took."""
    project = folder / name
    write(project, revisions, phased=name == "phased")
    new_database(server(), f"bench_{name}")
    return timed(project, name)


def timed(project: Path, name: str) -> float:
    """Seconds of one `alembic upgrade head`."""
    began = time.perf_counter()
    upgrade(project, server().set(database=f"bench_{name}"))
    return time.perf_counter() - began


def table(rows: list[dict[str, float]]) -> Table:
    """The rows for people."""
    shown = Table(title=f"alembic upgrade head, seconds (median of {ROUNDS}); target {TARGET}x")
    for column in (
        "revisions",
        "empty: plain",
        "phased",
        "nothing to do: plain",
        "phased",
        "ratio",
    ):
        shown.add_column(column, justify="right")
    for row in rows:
        count, *seconds, ratio = row.values()
        shown.add_row(str(count), *(f"{value:.2f}" for value in seconds), f"{ratio:.2f}x")
    return shown


if __name__ == "__main__":
    main()
