"""The numbers of both sides: one table for people, one file for machines."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from app.workload.measurements import Row

    Sides = Mapping[str, Sequence[Row]]

PHASES = ("before", "expand", "backfill", "upgrade", "deploy", "contract", "after")


@dataclass(frozen=True, slots=True)
class Total:
    """All operations of one release in one phase together."""

    queries: int = 0
    longest_ms: float = 0.0
    sqlstates: Counter[str] = field(default_factory=Counter)


def totals(rows: Iterable[Row]) -> dict[tuple[str, str], Total]:
    """Phase and release to what happened, in the order of a deploy."""
    ordered = sorted(rows, key=lambda row: (PHASES.index(row["phase"]), row["release"] != "old"))
    groups = groupby(ordered, key=lambda row: (row["phase"], row["release"]))
    return {key: total(list(group)) for key, group in groups}


def total(rows: Sequence[Row]) -> Total:
    """Several rows as one."""
    return Total(
        queries=sum(row["queries"] for row in rows),
        longest_ms=max((row["max_ms"] for row in rows), default=0.0),
        sqlstates=sum((Counter(row["sqlstates"]) for row in rows), Counter()),
    )


def table(sides: Sides) -> Table:
    """Queries, failures and the longest wait by phase and release, side by side."""
    found = Table(header_style="bold", title_style="bold", title=" and ".join(sides))
    for heading in ("phase", "release"):
        found.add_column(heading)
    for side in sides:
        for heading in ("queries", "failures", "longest wait"):
            found.add_column(f"{side}\n{heading}", justify="right")
    by_side = [totals(rows) for rows in sides.values()]
    for key in in_order(by_side):
        found.add_row(*key, *(cell for one in by_side for cell in cells(one.get(key))))
    found.add_section()
    found.add_row("all", "", *(cell for rows in sides.values() for cell in cells(total(rows))))
    return found


def in_order(by_side: Sequence[Mapping[tuple[str, str], Total]]) -> list[tuple[str, str]]:
    """Every phase and release of either side, as a deploy goes."""
    keys = {key for one in by_side for key in one}
    return sorted(keys, key=lambda key: (PHASES.index(key[0]), key[1] != "old"))


def cells(one: Total | None) -> tuple[Text, Text, Text]:
    """Queries, failures by SQLSTATE, longest wait."""
    if one is None:
        return Text(), Text(), Text()
    return Text(f"{one.queries:,}"), failures(one.sqlstates), Text(f"{one.longest_ms:,.0f} ms")


def failures(sqlstates: Counter[str]) -> Text:
    """The number, and how many of each SQLSTATE."""
    if not sqlstates:
        return Text("0", style="green")
    detail = ", ".join(f"{number:,} of {state}" for state, number in sqlstates.most_common())
    return Text(f"{sqlstates.total():,}\n{detail}", style="red")


def write(path: Path, sides: Sides) -> None:
    """The same for machines: ``{"phased": […], "alembic": […]}``."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({side: list(rows) for side, rows in sides.items()}, indent=1))
