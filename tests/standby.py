"""A standby that receives everything and replays nothing until it is told to."""

from __future__ import annotations

import select
import struct
from contextlib import contextmanager
from typing import TYPE_CHECKING

from psycopg import pq
from server import conninfo

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import URL

FAR = 2**62


class Standby:
    """One connection to a walsender."""

    def __init__(self, url: URL, name: str) -> None:
        options = f"{conninfo(url)}&replication=true&application_name={name}"
        self.connection = pq.PGconn.connect(options.encode())
        assert self.connection.status == pq.ConnStatus.OK, self.connection.error_message
        position = self.connection.exec_(b"IDENTIFY_SYSTEM").get_value(0, 2)
        assert position is not None
        high, low = (int(part, 16) for part in position.decode().split("/"))
        self.start = (high << 32) + low
        begun = self.connection.exec_(b"START_REPLICATION PHYSICAL " + position)
        assert begun.status == pq.ExecStatus.COPY_BOTH, begun.error_message

    def receive(self) -> None:
        """Wait for WAL, and say that it has been written, but not replayed."""
        while True:
            size, data = self.connection.get_copy_data(1)
            if size > 0 and bytes(data)[:1] == b"w":
                return self.say(replayed=self.start)
            if not size:
                select.select([self.connection.socket], [], [], 30)
                self.connection.consume_input()

    def say(self, replayed: int) -> None:
        """Tell the server how far it is."""
        status = struct.pack("!QQQQB", FAR, FAR, replayed, 0, 0)
        self.connection.put_copy_data(b"r" + status)
        while self.connection.flush():
            pass


@contextmanager
def standby(url: URL, name: str) -> Iterator[Standby]:
    """A standby that is gone afterwards."""
    found = Standby(url, name)
    try:
        yield found
    finally:
        found.connection.finish()
