"""A server of the test that does well, and then fails in one of all the ways in which servers fail.

A fault is made of the answer that would be right (its bytes and media type): it lies about it, spoils it, withholds it.
`Meter` counts how many calls are there at once and how far apart they come.
"""

from __future__ import annotations

import gzip
import json
import socket
import struct
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import formatdate
from functools import cache
from zlib import compressobj

from support.web_server import Handler, Route, redirect, reply, silent, streamed

Fault = Callable[[bytes, str], Route]

ERROR_PAGE = '<!DOCTYPE html><html><head><title>Bảo trì</title></head><body><p>Hệ thống đang bảo trì.</p></body></html>'
PAGE_WITH_LINKS = '<!DOCTYPE html><html><body><p>Phiên đã hết.</p><a href="/dang-nhap">Đăng nhập</a> <a href="/">Trang chủ</a></body></html>'
ENVELOPE = json.dumps({"error": {"code": 500, "message": "Internal error"}, "success": False})


def talking(*pieces: bytes, pause: float = 0.0, reset: bool = False) -> Route:
    """Raw bytes instead of an answer, piece by piece; then the connection is closed, or reset."""

    def route(handler: Handler) -> None:
        handler.close_connection = True
        try:
            for piece in pieces:
                handler.connection.sendall(piece)
                time.sleep(pause)
        except OSError:
            return
        if reset:
            handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            handler.connection.close()

    return route


def _head(media: str, *lines: str, status: str = "200 OK") -> bytes:
    return "\r\n".join([f"HTTP/1.1 {status}", f"Content-Type: {media}", *lines, "", ""]).encode()


@cache
def _bomb() -> bytes:
    """4 MiB of nothing, made small: four times as much as callers of the test take."""
    squeezed = compressobj(9, wbits=31)
    return squeezed.compress(bytes(4 << 20)) + squeezed.flush()


def by_method(head: Route, get: Route) -> Route:
    """One answer to HEAD, another to GET."""
    return lambda handler: (head if handler.command == "HEAD" else get)(handler)


def busy_once(status: int, after: str | None, then: Route) -> Route:
    """Busy at the first call, well at the next; `after` is the Retry-After, `date` one second from now as HTTP writes it."""
    left = [1]

    def route(handler: Handler) -> None:
        left[0] -= 1
        if left[0] < 0:
            return then(handler)
        said = formatdate(time.time() + 1, usegmt=True) if after == "date" else after
        return reply("", status=status, **({"retry_after": said} if said else {}))(handler)

    return route


# By name: what becomes of the right answer. Servers that are slow or busy must be servers of their own (`SLOW`).
FAULTS: Mapping[str, Fault] = {
    "never-answers": lambda body, media: silent(5),
    "drips": lambda body, media: streamed({"Content-Type": media}, b" ", 400, 0.05),
    "slow-headers": lambda body, media: talking(*(b"HTTP/1.1 200 OK\r\nX: ", *[b"y"] * 400), pause=0.05),
    "resets-in-the-body": lambda body, media: talking(_head(media, f"Content-Length: {len(body)}") + body[: len(body) // 2], reset=True),
    "resets-at-once": lambda body, media: talking(reset=True),
    "closes-at-once": lambda body, media: talking(),
    "shorter-than-declared": lambda body, media: streamed({"Content-Length": str(len(body) + 50), "Content-Type": media}, body, 1),
    "longer-than-declared": lambda body, media: streamed({"Content-Length": str(len(body) - 9), "Content-Type": media}, body, 1),
    "chunks-without-end": lambda body, media: talking(_head(media, "Transfer-Encoding: chunked") + b"%x\r\n%s\r\n" % (len(body), body)),
    "chunk-of-no-size": lambda body, media: talking(_head(media, "Transfer-Encoding: chunked") + b"zz\r\n" + body),
    "no-http": lambda body, media: talking(b"220 so-yte FTP server ready\r\n"),
    "gigantic-header": lambda body, media: talking(_head(media, "X: " + "x" * 70_000)),
    "a-thousand-headers": lambda body, media: talking(_head(media, *(f"X-{n}: x" for n in range(1000)))),
    "gzip-that-is-none": lambda body, media: reply(body, content_type=media, content_encoding="gzip"),
    "gzip-cut": lambda body, media: reply(gzip.compress(body * 50)[:60], content_type=media, content_encoding="gzip"),
    "gzip-bomb": lambda body, media: reply(_bomb(), content_type=media, content_encoding="gzip"),
    "endless": lambda body, media: streamed({"Content-Type": media}, body.ljust(1 << 16, b" "), 1 << 8),
    "gigabytes-declared": lambda body, media: talking(_head(media, f"Content-Length: {1 << 40}") + body),
    "redirects-to-itself": lambda body, media: lambda handler: redirect(handler.path)(handler),
    "redirects-without-end": lambda body, media: lambda handler: redirect(handler.path + ("&x" if "?" in handler.path else "?x"))(handler),
    "redirects-inside": lambda body, media: redirect("http://169.254.169.254/latest/"),
    "redirects-to-a-file": lambda body, media: redirect("file:///etc/passwd"),
    "gone": lambda body, media: reply("", status=410),
    "locked": lambda body, media: reply("", status=401, www_authenticate="Basic"),
    "broken": lambda body, media: reply("Traceback", status=500),
    "bad-gateway": lambda body, media: reply("", status=502),
    "found-by-head-only": lambda body, media: by_method(reply(body, content_type=media), reply("", status=404)),
    "busy": lambda body, media: reply("", status=429),
    "busy-for-hours": lambda body, media: reply("", status=503, retry_after="7200"),
    "busy-for-a-second": lambda body, media: busy_once(429, "1", reply(body, content_type=media)),
    "busy-until-a-date": lambda body, media: busy_once(503, "date", reply(body, content_type=media)),
    "hiccup": lambda body, media: busy_once(502, None, reply(body, content_type=media)),
    "interim-answers": lambda body, media: talking(
        *[b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n"] * 2, _head(media, f"Content-Length: {len(body)}") + body),
    "interim-without-end": lambda body, media: talking(b"HTTP/1.1 102 Processing\r\n\r\n" * 50),
    "another-media-type": lambda body, media: reply(body, content_type="application/pdf"),
    "no-media-type": lambda body, media: reply(body),
    "empty": lambda body, media: reply("", content_type=media),
    "an-error-page": lambda body, media: reply(ERROR_PAGE, content_type="text/html; charset=utf-8"),
    "a-sign-in-page": lambda body, media: reply(PAGE_WITH_LINKS, content_type="text/html; charset=utf-8"),
    "an-error-in-json": lambda body, media: reply(ENVELOPE, content_type="application/json"),
    "utf-16": lambda body, media: reply(body.decode().encode("utf-16"), content_type=media),
    "latin-1": lambda body, media: reply(body.decode().replace("ữ", "é").encode("latin-1", "replace"), content_type=media),
    "cut-in-the-middle": lambda body, media: reply(body[: len(body) * 2 // 3], content_type=media),
}
SLOW = {"never-answers", "drips", "slow-headers", "busy", "busy-for-hours", "busy-for-a-second", "busy-until-a-date"}


@dataclass
class Meter:
    """What a server sees of its callers: how many at once at most, and the moments at which calls come."""

    hold: float = 0.0
    most: int = 0
    came: list[float] = field(default_factory=list)
    _here: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def measured(self, route: Route) -> Route:
        """The route, which takes `hold` seconds and is counted."""

        def counted(handler: Handler) -> None:
            with self._lock:
                self.came.append(time.monotonic())
                self._here += 1
                self.most = max(self.most, self._here)
            time.sleep(self.hold)
            with self._lock:
                self._here -= 1  # before the answer, after which the caller may come again
            route(handler)

        return counted

    def most_within(self, seconds: float) -> int:
        """The most calls that came within any stretch of so many seconds."""
        came = sorted(self.came)
        return max((sum(1 for other in came if 0 <= other - one < seconds) for one in came), default=0)
