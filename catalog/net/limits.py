"""How long, how much, how often: the limits of going out, and what comes back."""

from __future__ import annotations

import random
import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any, Protocol

from catalog.digests import Digests

MIB = 1 << 20


def user_agent(contact: str = "") -> str:
    """How we name ourselves to every server; `contact` is the address of the site or of a person."""
    return f"HaiDang/{version('haidang')} (open data harvester{'; +' + contact if contact else ''})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The limits of one way out; times in seconds, sizes in bytes after decompression.

    connect, read    one attempt to connect, one wait for the next bytes
    total            everything of one call: redirects, retries, pauses that a server asks for
    max_bytes        a body that is read into memory; `max_download` is for one that goes to a file
    per_host         calls to one host at the same moment
    interval         pause between two calls to one public host; none for hosts on the allow-list, which are one's own
    retries          further attempts after a passing failure (no connection, cut short, 429, 502, 503, 504)
    backoff          the first pause between attempts; it doubles, and is spread by chance
    max_wait         the longest pause that a server may ask for by Retry-After
    failures         connection failures in a row after which a host is left alone for `rest` seconds
    """

    connect: float = 8.0
    read: float = 30.0
    total: float = 180.0
    total_download: float = 900.0
    max_bytes: int = 64 * MIB
    max_download: int = 1024 * MIB
    max_redirects: int = 5
    per_host: int = 4
    interval: float = 0.05
    retries: int = 2
    backoff: float = 0.5
    max_wait: float = 30.0
    failures: int = 3
    rest: float = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What the machine gives: names to addresses, a clock that only goes forward, sleep, chance."""

    resolve: Callable[..., list[Any]] = socket.getaddrinfo
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    chance: Callable[[], float] = random.random


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a server answered; `url` is where it was found after redirects, header names are in lower case."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Downloaded:
    """A file that was fetched, or that has not changed: `status` is `new` or `not-modified` (then nothing was written).

    `digests` are of the bytes that were written, None where none were; `declared` is how many bytes the server says that there are.
    """

    status: str
    url: str
    digests: Digests | None = None
    media_type: str | None = None
    filename: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    declared: int | None = None

    @property
    def sha256(self) -> str | None:
        return self.digests.sha256 if self.digests else None

    @property
    def size(self) -> int:
        return self.digests.size if self.digests else 0


class Sink(Protocol):
    """Where a download goes that is read while it arrives."""

    def begin(self, head: Downloaded) -> None:
        """The first byte comes next. Called again for an attempt that starts anew after one that failed on its way."""

    def write(self, piece: bytes) -> object:
        """The next bytes; an error stops the download."""

    def digests(self) -> Digests:
        """Of all bytes since the last `begin`."""
