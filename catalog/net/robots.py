"""robots.txt (RFC 9309): what a host allows a crawler, read once an hour.

It binds whoever finds addresses by following links: the web folders that a connector walks, and the files found there.
An address that an agency has registered, and the interface of a catalogue, are not crawled: somebody has given them to
us to be asked (docs/decisions/0011-robots.md).
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from protego import Protego

from catalog.errors import Trouble
from catalog.issues import Issue, Place
from catalog.net.guard import PORTS, Target, shown
from catalog.net.limits import Answer

NAME = "HaiDang"  # how robots.txt calls us; our User-Agent begins with it
MAX_BYTES = 512_000  # RFC 9309, 2.5: so much must be read; what is longer is no robots.txt, and allows everything
FRESH = 3600.0  # seconds for which rules hold; the RFC allows a day


@dataclass(frozen=True, slots=True)
class Rules:
    """What one robots.txt says: its address, the rules, the pause between calls in seconds, and until when we rely on it."""

    url: str
    rules: Protego
    pause: float
    until: float


class Robots:
    """The rules of each host and port, for all threads of a process."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._rules: dict[tuple[str, str, int], Rules] = {}
        self._lock = threading.Lock()

    def is_new(self, target: Target) -> bool:
        """Whether the host's rules are unknown, or too old."""
        with self._lock:
            found = self._rules.get(target[1:])
        return found is None or self._monotonic() >= found.until

    def read(self, target: Target, get: Callable[..., Answer]) -> Rules:
        """The rules as the host gives them now.

        A robots.txt that is not there (any 4xx) allows everything; where the server fails on it nothing is allowed, and
        where nobody answers the trouble is that of any other call (RFC 9309, 2.3.1).
        """
        url = f"{target.scheme}://{_netloc(target)}/robots.txt"
        try:
            body = get(url, max_bytes=MAX_BYTES).body
        except Trouble as trouble:
            status = trouble.issue.facts.get("status") if trouble.issue.code == "http-status" else None
            if status is None and trouble.issue.code not in ("too-large", "redirect-many", "redirect-loop"):
                raise
            if status is not None and status >= 500:
                raise Trouble(Issue("robots-unreadable", Place(url=shown(url)), {"host": target.host, "status": status})) from trouble
            body = b""
        rules = Protego.parse(body.decode("utf-8", "replace").removeprefix("\ufeff"))
        found = Rules(url, rules, float(rules.crawl_delay(NAME) or 0), self._monotonic() + FRESH)
        with self._lock:
            self._rules[target[1:]] = found
        return found

    def require(self, target: Target) -> None:
        """Trouble `robots-disallowed` for an address that the rules keep us from."""
        with self._lock:
            found = self._rules[target[1:]]
        if not found.rules.can_fetch(target.url, NAME):
            raise Trouble(Issue("robots-disallowed", Place(url=shown(target.url)), {"robots": found.url, "name": NAME}))


def _netloc(target: Target) -> str:
    host = f"[{target.host}]" if ":" in target.host else target.host
    return host if target.port == PORTS[target.scheme] else f"{host}:{target.port}"
