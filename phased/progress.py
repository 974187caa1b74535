"""The numbers in a ``progress`` event as words.

A backfill: ``table``, ``done`` and ``total`` in rows (``total`` None where unknown), ``rate`` in
rows a second, ``left`` in seconds. An index build: ``index``, ``phase``, ``done`` and ``total`` in
blocks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from phased.wording import count, duration

if TYPE_CHECKING:
    from collections.abc import Mapping


def subject(data: Mapping[str, object]) -> str:
    """The table or the index it is about."""
    return str(data.get("index") or data.get("table") or "")


def progress(data: Mapping[str, object]) -> list[str]:
    """``45,000 of 200,000 rows (22%)``, ``12,000 rows/s``, ``13 s left``."""
    words = [str(data["phase"])] if data.get("phase") else []
    words += [_amount(data)] if number(data, "total") != 0 else []
    words += [f"{rate:,.0f} {_unit(data)}s/s" for rate in [number(data, "rate")] if rate]
    return words + [f"{duration(left)} left" for left in [number(data, "left")] if left]


def number(data: Mapping[str, object], key: str) -> float | None:
    """The value if it is a number."""
    value = data.get(key)
    return float(value) if isinstance(value, int | float) else None


def _amount(data: Mapping[str, object]) -> str:
    done, total = number(data, "done") or 0.0, number(data, "total")
    if total is None:
        return count(round(done), _unit(data))
    percent = min(int(100 * done / total), 100)
    return f"{done:,.0f} of {count(round(total), _unit(data))} ({percent}%)"


def _unit(data: Mapping[str, object]) -> str:
    return "block" if "index" in data else "row"
