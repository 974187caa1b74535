"""COPY."""

from __future__ import annotations

from pricing import AS, RE, assert_price


def test_from() -> None:
    assert_price("COPY a FROM STDIN", kind="COPY FROM", locks={"a": RE})


def test_to() -> None:
    assert_price("COPY a TO STDOUT", kind="COPY TO", locks={"a": AS}, scans="a")
    assert_price("COPY (SELECT * FROM b) TO STDOUT", kind="SELECT", locks={"b": AS}, scans="b")
