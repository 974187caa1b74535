"""VACUUM and ANALYZE."""

from __future__ import annotations

from pricing import AE, SUE, assert_price


def test_vacuum() -> None:
    assert_price(
        "VACUUM (ANALYZE) a, b", kind="VACUUM", locks={"a": SUE, "b": SUE}, transactional=False
    )


def test_vacuum_full() -> None:
    for sql in ("VACUUM FULL a", "VACUUM (FULL true) a", "VACUUM (FULL 1) a"):
        assert_price(
            sql, kind="VACUUM FULL", locks={"a": AE}, scans="a", rewrites="a", transactional=False
        )
    assert_price("VACUUM (FULL 0) a", kind="VACUUM", locks={"a": SUE}, transactional=False)


def test_analyze() -> None:
    assert_price("ANALYZE a (b)", kind="ANALYZE", locks={"a": SUE})
