from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import psycopg
import pytest
from conftest import conninfo

from phased.blocking import CONFLICTS
from phased.model import Lock

if TYPE_CHECKING:
    from sqlalchemy import URL


def test_the_conflicts_are_those_of_the_server(emptied: URL) -> None:
    found: dict[Lock, set[Lock]] = {lock: set() for lock in Lock}
    with (
        psycopg.connect(conninfo(emptied), autocommit=True) as setup,
        psycopg.connect(conninfo(emptied)) as held,
        psycopg.connect(conninfo(emptied)) as asking,
    ):
        setup.execute("CREATE TABLE t (id int)")
        for ours, theirs in product(Lock, Lock):
            held.execute(f"LOCK TABLE t IN {theirs.sql} MODE".encode())
            try:
                asking.execute(f"LOCK TABLE t IN {ours.sql} MODE NOWAIT".encode())
            except psycopg.errors.LockNotAvailable:
                found[ours].add(theirs)
            held.rollback()
            asking.rollback()
    assert {lock: set(others) for lock, others in CONFLICTS.items()} == found


@pytest.mark.parametrize("lock", Lock)
def test_every_lock_has_its_conflicts(lock: Lock) -> None:
    assert Lock.ACCESS_EXCLUSIVE in CONFLICTS[lock]
