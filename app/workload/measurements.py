"""What traffic experienced: queries, failures and latencies by phase and operation."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from collections.abc import Sequence


class Row(TypedDict):
    """One line of a report; times in milliseconds, SQLSTATE to number of failures."""

    release: str
    phase: str
    operation: str
    queries: int
    failures: int
    sqlstates: dict[str, int]
    p50_ms: float
    p99_ms: float
    max_ms: float


@dataclass(slots=True)
class Cell:
    """The raw numbers of one operation in one phase."""

    seconds: list[float] = field(default_factory=list)
    sqlstates: Counter[str] = field(default_factory=Counter)


class Recorder:
    """Collects from many threads."""

    def __init__(self, release: str) -> None:
        self.release = release
        self.messages: dict[str, str] = {}
        self._cells: defaultdict[tuple[str, str], Cell] = defaultdict(Cell)
        self._lock = Lock()

    def record(self, phase: str, operation: str, seconds: float) -> None:
        """Count one query; ``seconds`` includes whatever it waited for."""
        with self._lock:
            self._cells[phase, operation].seconds.append(seconds)

    def fail(self, phase: str, operation: str, sqlstate: str, message: str) -> None:
        """Count one failure; the first message of each SQLSTATE is kept."""
        with self._lock:
            self._cells[phase, operation].sqlstates[sqlstate] += 1
            self.messages.setdefault(sqlstate, message)

    def rows(self) -> list[Row]:
        """The numbers so far, in the order in which phases and operations were first seen."""
        with self._lock:
            return [summarise(self.release, *key, cell) for key, cell in self._cells.items()]


def summarise(release: str, phase: str, operation: str, cell: Cell) -> Row:
    """One report line from raw numbers."""
    return Row(
        release=release,
        phase=phase,
        operation=operation,
        queries=len(cell.seconds),
        failures=cell.sqlstates.total(),
        sqlstates=dict(sorted(cell.sqlstates.items())),
        p50_ms=milliseconds(percentile(cell.seconds, 50)),
        p99_ms=milliseconds(percentile(cell.seconds, 99)),
        max_ms=milliseconds(percentile(cell.seconds, 100)),
    )


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest value that at least ``percent`` of the values do not exceed; 0 for none."""
    if not values:
        return 0.0
    rank = -(-len(values) * percent // 100)  # rounded up: nearest-rank, no interpolation
    return sorted(values)[max(int(rank), 1) - 1]


def milliseconds(seconds: float) -> float:
    """Seconds in milliseconds, to the microsecond."""
    return round(seconds * 1000, 3)
