"""ATTACH and DETACH PARTITION."""

from __future__ import annotations

import pytest
from pricing import AE, SUE, assert_price, database

ATTACH = "ALTER TABLE e ATTACH PARTITION n FOR VALUES FROM (0) TO (9)"
TREE = "CREATE TABLE e (id int) PARTITION BY RANGE (id); CREATE TABLE n (id int NOT NULL)"


def test_attach_without_a_database_scans() -> None:
    assert_price(ATTACH, kind="ALTER TABLE", locks={"e": SUE, "n": AE}, scans="n")


@pytest.mark.parametrize(
    ("check", "scans"),
    [
        ("id >= 0 AND id < 9", ""),
        ("id >= 0 AND id < 9 AND id <> 5", ""),
        ("id >= 1 AND id < 9", "n"),
        ("id > 0 AND id < 9", "n"),
        ("id >= 0", "n"),
        ("id >= 0 OR id < 9", "n"),
    ],
)
def test_attach_needs_a_check_that_implies_the_bounds(check: str, scans: str) -> None:
    facts = database(f"{TREE}; ALTER TABLE n ADD CHECK ({check})")
    assert_price(ATTACH, facts, kind="ALTER TABLE", locks={"e": SUE, "n": AE}, scans=scans)


def test_attach_of_a_nullable_key_scans() -> None:
    tree = TREE.replace(" NOT NULL", "")
    facts = database(f"{tree}; ALTER TABLE n ADD CHECK (id >= 0 AND id < 9)")
    assert_price(ATTACH, facts, kind="ALTER TABLE", locks={"e": SUE, "n": AE}, scans="n")


def test_detach_takes_rows_out_of_sight() -> None:
    refused = ("e without n",)
    sql = "ALTER TABLE e DETACH PARTITION n"
    assert_price(sql, kind="ALTER TABLE", locks={"e": AE, "n": AE}, restricts=refused)
    assert_price(
        f"{sql} CONCURRENTLY",
        kind="ALTER TABLE",
        locks={"e": SUE, "n": AE},
        transactional=False,
        restricts=refused,
    )
