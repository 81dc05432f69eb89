"""Manners towards each host: few calls at once, a pause between them, and rest for one that does not answer."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from catalog.errors import Trouble
from catalog.issues import Issue, Place
from catalog.net.guard import Guard, Target, shown
from catalog.net.limits import Limits, World

# After these nobody was there to answer; asking again at once would only cost time.
NOBODY_THERE = {"host-unknown", "host-unreachable", "connect-time-out", "tls-bad", "time-out"}
# These too say something of the host, not of the one address that was asked for.
ABOUT_THE_HOST = NOBODY_THERE | {"host-busy", "cut-short", "too-slow"}
# These do not pass by themselves within minutes, so one is enough to leave the host alone.
CERTAIN = {"host-unknown", "tls-bad"}
# These may have passed at the next attempt.
PASSING = {"host-unreachable", "cut-short", "host-busy"}
PASSING_STATUS = {502, 504}


@dataclass(slots=True)
class _Host:
    """What is remembered of one host and port."""

    places: threading.BoundedSemaphore
    lock: threading.Lock = field(default_factory=threading.Lock)
    next_at: float = 0.0
    failures: int = 0
    cause: Issue | None = None
    closed_until: float = 0.0


class Politeness:
    """Whose turn it is, host by host; shared by all threads of one way out."""

    def __init__(self, limits: Limits, world: World, guard: Guard) -> None:
        self._limits, self._world, self._guard = limits, world, guard
        self._hosts: dict[tuple[str, int], _Host] = {}
        self._lock = threading.Lock()

    @contextmanager
    def turn(self, target: Target) -> Iterator[None]:
        """One call to a host, when it is its turn; fails at once while the host is left alone.

        The failure that is then raised is the one that led there, with the fact `remembered`.
        """
        host = self._host(target.host, target.port)
        self._refuse_while_closed(host, target)
        with host.places:
            self._refuse_while_closed(host, target)
            self._keep_interval(host, target)
            try:
                yield
            except Trouble as trouble:
                self._note(host, trouble.issue)
                raise
            self._note(host, None)

    def pause_before_retry(self, issue: Issue, attempt: int) -> float | None:
        """Seconds to wait before attempt number `attempt` (from 1), or None when asking again makes no sense."""
        passing = issue.code in PASSING or issue.facts.get("status") in PASSING_STATUS
        if not passing or attempt > self._limits.retries or issue.facts.get("remembered"):
            return None
        asked = issue.facts.get("retry_after")
        if asked is not None:
            return float(asked) if asked <= self._limits.max_wait else None
        return self._limits.backoff * 2 ** (attempt - 1) * (0.5 + self._world.chance())

    def _host(self, name: str, port: int) -> _Host:
        with self._lock:
            if (name, port) not in self._hosts:
                self._hosts[name, port] = _Host(threading.BoundedSemaphore(self._limits.per_host))
            return self._hosts[name, port]

    def _refuse_while_closed(self, host: _Host, target: Target) -> None:
        with host.lock:
            if host.cause is None or self._world.monotonic() >= host.closed_until:
                return
            cause = host.cause
        raise Trouble(Issue(cause.code, Place(url=shown(target.url)), {**cause.facts, "remembered": True}))

    def _keep_interval(self, host: _Host, target: Target) -> None:
        """Wait for this call's moment; the moment is taken under the lock, the waiting is done outside."""
        interval = 0.0 if self._guard.allows(target.host, target.port) else self._limits.interval
        with host.lock:
            now = self._world.monotonic()
            moment = max(now, host.next_at)
            host.next_at = moment + interval
        if moment > now:
            self._world.sleep(moment - now)

    def _note(self, host: _Host, issue: Issue | None) -> None:
        """Remember how a call ended; any answer at all, even a refusal, means that somebody is there."""
        with host.lock:
            if issue is not None and issue.code == "host-busy":
                host.next_at = max(host.next_at, self._world.monotonic() + min(issue.facts.get("retry_after") or 0, self._limits.max_wait))
            elif issue is None or issue.code not in NOBODY_THERE:
                host.failures, host.cause = 0, None
            else:
                self._count(host, issue)

    def gave_up(self, issue: Issue) -> None:
        """A call found its host busy until its last attempt; after some such calls the host is left alone too."""
        if issue.code != "host-busy" or issue.facts.get("remembered"):
            return
        host = self._host(issue.facts["host"], issue.facts["port"])
        with host.lock:
            self._count(host, issue)

    def _count(self, host: _Host, issue: Issue) -> None:
        host.failures += 1
        if issue.code in CERTAIN or host.failures >= self._limits.failures:
            host.cause, host.closed_until = issue, self._world.monotonic() + self._limits.rest
