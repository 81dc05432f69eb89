"""Connections that go only to vetted addresses and never outlive their deadline.

The address is resolved and vetted once, inside the act of connecting, so that nothing can change between the check
and the connection; host name and TLS name stay those of the URL. Every wait for bytes is cut to what is left of the
whole call, so that a server which sends a byte now and then is stopped too.
"""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from http.client import HTTPException, HTTPResponse, parse_headers
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3 import PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.util.ssl_ import create_urllib3_context

from catalog.errors import CalledOff, Trouble
from catalog.issues import Issue
from catalog.net.guard import Guard
from catalog.net.limits import Limits, World

HEED = 1.0  # seconds for which a wait goes on before it is asked whether the work was called off
MAX_INTERIM = 20  # answers before the answer


class Pace(threading.local):
    """The deadline of the call that this thread is in, and whether its work was called off; threads do not share it."""

    def __init__(self, limits: Limits, monotonic: Callable[[], float]) -> None:
        self.limits = limits
        self.monotonic = monotonic
        self.total = limits.total
        self.deadline: float | None = None
        self.called_off: Callable[[], bool] | None = None

    @contextmanager
    def heeding(self, called_off: Callable[[], bool]) -> Iterator[None]:
        """Whatever this thread waits for inside the `with` ends with CalledOff, soon after `called_off` answers True."""
        before, self.called_off = self.called_off, called_off
        try:
            yield
        finally:
            self.called_off = before

    def heed(self) -> None:
        """CalledOff when the work of this thread was called off."""
        if self.called_off is not None and self.called_off():
            raise CalledOff

    def receive(self, sock: socket.socket, receive: Callable[[], int]) -> int:
        """Wait for bytes no longer than the read limit and what is left of the call, and heed meanwhile."""
        wait = min(self.limits.read, self.left())
        while self.called_off is not None:
            self.heed()
            sock.settimeout(min(wait, HEED))
            try:
                return receive()
            except TimeoutError:
                wait -= HEED
                if wait <= 0:
                    raise
        sock.settimeout(wait)
        return receive()

    def sleep(self, sleep: Callable[[float], None], seconds: float) -> None:
        """Sleep, and heed meanwhile."""
        while self.called_off is not None and seconds > HEED:
            self.heed()
            sleep(HEED)
            seconds -= HEED
        sleep(seconds)
        self.heed()

    @contextmanager
    def call(self, total: float, ends: float | None = None) -> Iterator[None]:
        """One call that must be over in `total` seconds, whatever it is made of; `ends` when it has begun before."""
        self.total, self.deadline = total, self.monotonic() + total if ends is None else ends
        try:
            yield
        finally:
            self.deadline = None

    def left(self) -> float:
        """Seconds left of the call; TimeoutError when none are."""
        if self.deadline is None:
            return self.limits.read
        left = self.deadline - self.monotonic()
        if left <= 0:
            raise TimeoutError("the whole call")
        return left

    @property
    def is_over(self) -> bool:
        return self.deadline is not None and self.monotonic() >= self.deadline - 0.01  # a wait may end a little early


class TimedSocket(socket.socket):
    """A socket that waits for bytes no longer than the read limit and what is left of the call."""

    pace: Pace | None = None

    def recv_into(self, *args: Any, **kwargs: Any) -> int:
        if self.pace is None:
            return super().recv_into(*args, **kwargs)
        return self.pace.receive(self, partial(super().recv_into, *args, **kwargs))


class TimedTLSSocket(ssl.SSLSocket):
    """The same under TLS."""

    pace: Pace | None = None

    def recv_into(self, *args: Any, **kwargs: Any) -> int:
        if self.pace is None:
            return super().recv_into(*args, **kwargs)
        return self.pace.receive(self, partial(super().recv_into, *args, **kwargs))


class StrictResponse(HTTPResponse):
    """An answer that notices when the server sends more than it declared.

    HTTP takes the declared length for the whole, so a file whose length is declared too small would be cut without a
    word. What is already here beyond it is seen when the body has been read; nothing is waited for.
    """

    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self._connected = sock
        self.has_surplus = False

    def _read_status(self) -> tuple[str, int, str]:
        """The status line of the answer; what a server says before it (102, 103 …) is passed over, as 100 is."""
        for _ in range(MAX_INTERIM):
            version, status, reason = super()._read_status()
            if not 102 <= status < 200:
                return version, status, reason
            parse_headers(self.fp)
        raise HTTPException("interim answers without end")

    def _close_conn(self) -> None:
        declared = (self.headers or {}).get("content-length", "")
        if self.fp is not None and self.length == 0 and declared.isdigit() and int(declared) and self._method != "HEAD":
            self.has_surplus = self._more_is_here()
            if self.has_surplus:  # what is left on the connection must not be taken for the next answer
                with suppress(OSError):
                    self._connected.shutdown(socket.SHUT_RDWR)
        super()._close_conn()

    def _more_is_here(self) -> bool:
        sock = self._connected
        pace, sock.pace = sock.pace, None
        try:
            sock.settimeout(0)
            return bool(self.fp.peek(1))
        except (OSError, ValueError):  # nothing there, or closed
            return False
        finally:
            sock.pace = pace


class _Vetted:
    """What both kinds of connection have in common: where they may go."""

    response_class = StrictResponse

    def __init__(self, *args: Any, guard: Guard, pace: Pace, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._guard = guard
        self._pace = pace

    def _new_conn(self) -> socket.socket:
        """Connect to the first vetted address that answers; all of them share the limit of one attempt."""
        until = self._pace.monotonic() + min(self._pace.limits.connect, self._pace.left())
        endpoints = self._guard.endpoints(self.host, self.port)
        failure: OSError = TimeoutError()
        for family, address in endpoints:
            sock = TimedSocket(family, socket.SOCK_STREAM)
            sock.pace = self._pace
            try:
                sock.settimeout(max(until - self._pace.monotonic(), 0.001))
                sock.connect(address)
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                return sock
            except OSError as error:
                sock.close()
                failure = error
        if isinstance(failure, TimeoutError):
            raise Trouble(Issue("connect-time-out", facts={"host": self.host, "seconds": self._pace.limits.connect})) from failure
        raise Trouble(Issue("host-unreachable", facts={"host": self.host, "port": self.port})) from failure

    def connect(self) -> None:
        super().connect()
        self.sock.pace = self._pace


class VettedConnection(_Vetted, HTTPConnection):
    """Plain HTTP to a vetted address."""


class VettedTLSConnection(_Vetted, HTTPSConnection):
    """HTTPS to a vetted address; certificate and TLS name are those of the URL's host."""


class VettedPools(PoolManager):
    """Pools whose connections are all vetted."""

    def __init__(self, guard: Guard, pace: Pace, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._kinds = {
            "http": partial(VettedConnection, guard=guard, pace=pace),
            "https": partial(VettedTLSConnection, guard=guard, pace=pace),
        }

    def _new_pool(self, scheme: str, *args: Any, **kwargs: Any):
        pool = super()._new_pool(scheme, *args, **kwargs)
        pool.ConnectionCls = self._kinds[scheme]
        return pool


class VettedAdapter(HTTPAdapter):
    """What `requests` sends through; it has no proxies, no retries of its own, no other way out."""

    def __init__(self, guard: Guard, limits: Limits, world: World) -> None:
        self._guard = guard
        self.pace = Pace(limits, world.monotonic)
        super().__init__(pool_connections=64, pool_maxsize=limits.per_host, max_retries=0)

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **kwargs: Any) -> None:
        context = create_urllib3_context()
        context.sslsocket_class = TimedTLSSocket
        self.poolmanager = VettedPools(self._guard, self.pace, num_pools=connections, maxsize=maxsize, block=block,
                                       ssl_context=context, **kwargs)

    def proxy_manager_for(self, proxy: str, **kwargs: Any):
        raise ValueError("no proxies")
