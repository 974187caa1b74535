from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.workload.measurements import Recorder, percentile


@pytest.mark.parametrize(
    ("percent", "expected"), [(50, 50), (99, 99), (100, 100), (1, 1), (0.5, 1), (0, 1)]
)
def test_percentile_is_by_nearest_rank(percent: float, expected: int) -> None:
    assert percentile(list(range(100, 0, -1)), percent) == expected


def test_percentile_of_few_values_is_one_of_them() -> None:
    assert percentile([3.0], 50) == 3.0
    assert percentile([1.0, 2.0], 50) == 1.0
    assert percentile([1.0, 2.0], 99) == 2.0


def test_percentile_of_nothing_is_zero() -> None:
    assert percentile([], 99) == 0.0


def test_rows_are_by_phase_and_operation() -> None:
    recorder = Recorder("old")
    recorder.record("expand", "insert", 0.001)
    recorder.record("expand", "insert", 0.003)
    recorder.record("contract", "insert", 0.0020004)
    recorder.fail("contract", "insert", "23502", "null value")
    recorder.fail("contract", "insert", "23502", "another null value")
    assert json.loads(json.dumps(recorder.rows())) == [
        {
            "release": "old",
            "phase": "expand",
            "operation": "insert",
            "queries": 2,
            "failures": 0,
            "sqlstates": {},
            "p50_ms": 1.0,
            "p99_ms": 3.0,
            "max_ms": 3.0,
        },
        {
            "release": "old",
            "phase": "contract",
            "operation": "insert",
            "queries": 1,
            "failures": 2,
            "sqlstates": {"23502": 2},
            "p50_ms": 2.0,
            "p99_ms": 2.0,
            "max_ms": 2.0,
        },
    ]
    assert recorder.messages == {"23502": "null value"}


def test_nothing_is_lost_between_threads() -> None:
    recorder = Recorder("old")

    def work(_: int) -> None:
        for _ in range(1000):
            recorder.record("start", "get", 0.001)
            recorder.fail("start", "get", "40P01", "deadlock")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    [row] = recorder.rows()
    assert (row["queries"], row["failures"]) == (8000, 8000)
