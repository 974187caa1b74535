"""A connection pooler in transaction mode, as small as one can be.

Every client has its own session for as long as a transaction is open; between transactions its
next message goes to whichever connection to the server is free. It speaks the protocol just far
enough for psycopg: start-up without TLS, then messages up to ReadyForQuery.
"""

from __future__ import annotations

import queue
import socket
import struct
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

SSL_REQUEST, GSS_REQUEST = 80877103, 80877104
READY, IDLE = b"Z", b"I"


@dataclass(frozen=True)
class Backend:
    """A connection to the server that has been logged in, and what the server said meanwhile."""

    socket: socket.socket
    greeting: bytes


@contextmanager
def pooler(server: str, user: str, database: str, size: int = 2) -> Iterator[int]:
    """Listen on a port of the loopback interface.

    Args:
        server: The path of the server's Unix socket; it lets the user in without a password.
        user: Whom to log in as.
        database: To which database.
        size: How many connections to the server.

    Yields:
        The port.
    """
    free: queue.Queue[Backend] = queue.Queue()
    backends = [_login(server, user, database) for _ in range(size)]
    for backend in backends:
        free.put(backend)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=_accept, args=(listener, free), daemon=True).start()
        yield int(listener.getsockname()[1])
        listener.shutdown(socket.SHUT_RDWR)
    for backend in backends:
        backend.socket.close()


def _login(server: str, user: str, database: str) -> Backend:
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(server)
    options = f"user\0{user}\0database\0{database}\0\0".encode()
    connection.sendall(struct.pack("!II", len(options) + 8, 196608) + options)
    return Backend(connection, b"".join(_until_ready(connection)))


def _accept(listener: socket.socket, free: queue.Queue[Backend]) -> None:
    with suppress(OSError):
        while True:
            client, _ = listener.accept()
            threading.Thread(target=_serve, args=(client, free), daemon=True).start()


def _serve(client: socket.socket, free: queue.Queue[Backend]) -> None:
    with client, suppress(OSError, EOFError):
        _start_up(client)
        first = free.queue[0] if free.queue else free.get()
        client.sendall(first.greeting)
        while _transaction(client, free):
            pass


def _start_up(client: socket.socket) -> None:
    while True:
        length, code = struct.unpack("!II", _read(client, 8))
        _read(client, length - 8)
        if code not in {SSL_REQUEST, GSS_REQUEST}:
            return
        client.sendall(b"N")


def _transaction(client: socket.socket, free: queue.Queue[Backend]) -> bool:
    """Pass on messages until the transaction is over; whether the client stays."""
    kind, message = _message(client)
    if kind == b"X":
        return False
    backend = free.get()
    try:
        while not _answered(client, backend, kind, message):
            kind, message = _message(client)
    finally:
        free.put(backend)
    return True


def _answered(client: socket.socket, backend: Backend, kind: bytes, message: bytes) -> bool:
    """Pass one message on; whether the server then says that no transaction is open."""
    backend.socket.sendall(message)
    if kind not in {b"Q", b"S"}:
        return False
    *others, ready = _until_ready(backend.socket)
    client.sendall(b"".join(others) + ready)
    return ready[-1:] == IDLE


def _until_ready(connection: socket.socket) -> list[bytes]:
    received = []
    while True:
        kind, message = _message(connection)
        received.append(message)
        if kind == READY:
            return received


def _message(connection: socket.socket) -> tuple[bytes, bytes]:
    head = _read(connection, 5)
    return head[:1], head + _read(connection, struct.unpack("!I", head[1:])[0] - 4)


def _read(connection: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count:
        chunk = connection.recv(count - len(data))
        if not chunk:
            raise EOFError
        data += chunk
    return data
