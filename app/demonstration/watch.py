"""Notice when a running upgrade passes from one phase to the next."""

from __future__ import annotations

from contextlib import contextmanager
from threading import Event, Thread
from typing import TYPE_CHECKING

import psycopg

from app.demonstration.databases import conninfo

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import URL

EVERY = 0.02  # seconds
EXPANDED = "SELECT 1 FROM phased_rollout WHERE revision = %s AND expanded_at IS NOT NULL"


@contextmanager
def when_expanded(url: URL, revision: str, call: Callable[[], None]) -> Iterator[None]:
    """Call once, from another thread, as soon as the revision's expand is in the ledger."""
    ended = Event()
    thread = Thread(target=_poll, args=[url, revision, call, ended])
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _poll(url: URL, revision: str, call: Callable[[], None], ended: Event) -> None:
    with psycopg.connect(conninfo(url), autocommit=True) as connection:
        while not ended.wait(EVERY):
            if connection.execute(EXPANDED, (revision,)).fetchone():
                call()
                return
