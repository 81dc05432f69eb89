"""A way on loopback to another server: over TCP to one that listens on a file only, and one that breaks when it should."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator

from sqlalchemy.engine import make_url


@contextlib.contextmanager
def relay(reach: Callable[[], socket.socket], limit: float = float("inf"), *, falls_silent: bool = False) -> Iterator[int]:
    """The port of a way to the server that `reach` connects to; after `limit` bytes of an answer it breaks, or falls silent."""
    listener = socket.create_server(("127.0.0.1", 0))

    def carry(start: socket.socket, end: socket.socket, left: float) -> None:
        with contextlib.suppress(OSError):
            while left > 0 and (piece := start.recv(4096)):
                left -= len(piece)
                end.sendall(piece)
            while falls_silent and start.recv(4096):
                pass
        for one in (start, end):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def talk(client: socket.socket) -> None:
        with client, reach() as server:
            back = threading.Thread(target=carry, args=(server, client, limit), daemon=True)
            back.start()
            carry(client, server, float("inf"))
            back.join()

    def serve() -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = listener.accept()
                threading.Thread(target=talk, args=(client,), daemon=True).start()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


def reach_postgres(url: str) -> Callable[[], socket.socket]:
    """How to connect to the PostgreSQL of a URL, which may name a folder instead of a host."""
    parts = make_url(url)
    folder = parts.query.get("host")

    def over_file() -> socket.socket:
        connection = socket.socket(socket.AF_UNIX)
        connection.connect(f"{folder}/.s.PGSQL.{parts.port or 5432}")
        return connection

    return over_file if folder else lambda: socket.create_connection((parts.host, parts.port or 5432))
