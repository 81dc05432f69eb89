"""A client that costs little beside the server: requests written by hand over one connection that stays open."""

from __future__ import annotations

import re
import socket
from types import TracebackType

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.I)


class Connection:
    """One connection to a port of this machine; a token goes with every request where there is one."""

    def __init__(self, port: int, token: str = "") -> None:
        self._port, self._token = port, f"Authorization: {token}\r\n" if token else ""
        self._socket: socket.socket | None = None

    def __enter__(self) -> Connection:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        self._close()

    def ask(self, address: str, posted: bytes | None = None) -> bytes:
        """The body of an answer; AssertionError for any other status than 200."""
        more = f"Content-Type: application/json\r\nContent-Length: {len(posted)}\r\n" if posted is not None else ""
        head = f"{'GET' if posted is None else 'POST'} {address} HTTP/1.1\r\nHost: 127.0.0.1\r\n{self._token}{more}\r\n"
        for _ in range(2):  # the server may have closed a connection that was idle
            if self._socket is None:
                self._socket = socket.create_connection(("127.0.0.1", self._port), timeout=60)
                self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            try:
                self._socket.sendall(head.encode() + (posted or b""))
                status, body = self._answer()
            except (ConnectionError, TimeoutError):
                self._close()
                continue
            assert status == 200, (address, status, body[:500])
            return body
        raise ConnectionError(address)

    def _answer(self) -> tuple[int, bytes]:
        received = b""
        while (end := received.find(b"\r\n\r\n")) < 0:
            received += self._more()
        head, parts, have = received[:end], [received[end + 4:]], len(received) - end - 4
        length = _LENGTH.search(head)
        assert length is not None, head
        while have < int(length[1]):
            parts.append(self._more())
            have += len(parts[-1])
        if b"connection: close" in head.lower():
            self._close()
        return int(head[9:12]), b"".join(parts)

    def _more(self) -> bytes:
        assert self._socket is not None
        more = self._socket.recv(1 << 18)
        if not more:
            raise ConnectionError("closed")
        return more

    def _close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None
