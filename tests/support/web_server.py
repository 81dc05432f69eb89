"""A web server of the test on loopback, which answers as it is told: well, badly, or not at all."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

Route = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    """Answers by the server's routes and remembers what was asked."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True
    timeout = 10
    server: WebServer

    def do_GET(self) -> None:
        self.server.asked.append((self.command, self.path, {name.lower(): value for name, value in self.headers.items()}))
        path = urlsplit(self.path).path
        self.server.routes.get(path, reply("", status=404))(self)

    do_HEAD = do_GET

    def do_POST(self) -> None:
        self.posted = self.rfile.read(int(self.headers.get("content-length", 0)))
        self.do_GET()

    do_PROPFIND = do_POST

    @property
    def params(self) -> dict[str, str]:
        """The parameters in the address, the last of each name."""
        return {name: values[-1] for name, values in parse_qs(urlsplit(self.path).query).items()}

    def log_message(self, *_: Any) -> None:
        """Silence."""


class WebServer(ThreadingHTTPServer):
    """`routes` maps a path to what answers it; `asked` lists method, path and headers of every request."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.routes: dict[str, Route] = {}
        self.asked: list[tuple[str, str, dict[str, str]]] = []
        self.beside = ExitStack()  # other servers and folders that a source needs; they end with this one

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.server_port}{path}"

    def handle_error(self, *_: Any) -> None:
        """A client that goes away in the middle is what these tests are about."""


def reply(body: str | bytes, status: int = 200, **headers: str) -> Route:
    """A whole answer; header names are written with underscores."""
    data = body.encode() if isinstance(body, str) else body

    def route(handler: Handler) -> None:
        handler.send_response(status)
        for name, value in {"content_length": str(len(data)), **headers}.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        if handler.command != "HEAD":
            handler.wfile.write(data)

    return route


def streamed(headers: dict[str, str], piece: bytes, times: int, pause: float = 0.0) -> Route:
    """An answer in many pieces, without a length unless the headers give one."""

    def route(handler: Handler) -> None:
        handler.send_response(200)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.close_connection = True
        for _ in range(times):
            handler.wfile.write(piece)
            handler.wfile.flush()
            time.sleep(pause)

    return route


def silent(seconds: float) -> Route:
    """No answer at all, for longer than anybody waits."""

    def route(handler: Handler) -> None:
        handler.close_connection = True
        time.sleep(seconds)

    return route


def redirect(to: str, status: int = 302) -> Route:
    return reply("", status=status, location=to)


@contextmanager
def web_server() -> Iterator[WebServer]:
    """A running server; stopped at the end."""
    server = WebServer()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        with server.beside:
            yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def raw_server(talk: Callable[[socket.socket], None]) -> Iterator[int]:
    """A server that is no web server: `talk` gets each connection. Yields its port."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=_talk, args=(talk, connection), daemon=True).start()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


def _talk(talk: Callable[[socket.socket], None], connection: socket.socket) -> None:
    with connection:
        try:
            talk(connection)
        except OSError:
            return
