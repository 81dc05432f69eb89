"""Manners towards each host: few calls at once, a pause between them, and rest for one that does not answer.

Places and moments are in a ledger, which all workers share; that a host is left alone is remembered by each process for
itself, for every worker finds it out at the price of a few calls, and none has to believe another's network.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

from catalog.errors import Trouble
from catalog.issues import Issue, Place
from catalog.net.guard import Guard, Target, shown
from catalog.net.ledger import Ledger, OwnLedger
from catalog.net.limits import Limits, World

# After these nobody was there to answer; asking again at once would only cost time.
NOBODY_THERE = {"host-unknown", "host-unreachable", "connect-time-out", "tls-bad", "time-out"}
# These too say something of the host, not of the one address that was asked for.
ABOUT_THE_HOST = NOBODY_THERE | {"host-busy", "host-busy-long", "cut-short", "too-slow"}
# These do not pass by themselves within minutes, so one is enough to leave the host alone.
CERTAIN = {"host-unknown", "tls-bad"}
# These may have passed at the next attempt.
PASSING = {"host-unreachable", "cut-short", "host-busy"}
PASSING_STATUS = {502, 504}
LONGEST_REST = 86_400.0  # seconds; a host that asks for more is asked once a day whether it still means it
POLL = 0.02  # seconds between looks at a host whose places are all taken; up to twice that, by chance


@dataclass(frozen=True, slots=True)
class Manner:
    """How one source wants its host called: `places` at once at most (None: as many as any), a `pause` between calls."""

    places: int | None = None
    pause: float = 0.0


@dataclass(slots=True)
class _Host:
    """What is remembered of one host and port; `probe` is held by the one call that tries a host after its rest."""

    places: threading.BoundedSemaphore
    lock: threading.Lock = field(default_factory=threading.Lock)
    probe: threading.Lock = field(default_factory=threading.Lock)
    failures: int = 0
    cause: Issue | None = None
    closed_until: float = 0.0


class Politeness:
    """Whose turn it is, host by host; shared by all threads of one way out, and by all processes with the same ledger."""

    def __init__(self, limits: Limits, world: World, guard: Guard, ledger: Ledger | None = None) -> None:
        self._limits, self._world, self._guard = limits, world, guard
        self._ledger = ledger or OwnLedger(world.monotonic)
        self._hosts: dict[tuple[str, int], _Host] = {}
        self._lock = threading.Lock()

    @contextmanager
    def turn(self, target: Target, manner: Manner = Manner()) -> Iterator[float]:
        """One call to a host, when it is its turn; fails at once while the host is left alone.

        Yields the seconds that were waited. The failure that is raised of a host left alone is the one that led there,
        with the fact `remembered`.
        """
        host, began = self._host(target.host, target.port), self._world.monotonic()
        self._refuse_while_closed(host, target)
        with host.places, self._trying(host, target), self._place(target, manner):
            self._await_moment(target, manner)
            try:
                yield self._world.monotonic() - began
            except Trouble as trouble:
                self._note(host, target, trouble.issue)
                raise
            self._note(host, target, None)

    def slow_down(self, target: Target, pause: float) -> None:
        """The host itself asks for a pause between calls; 0 where it asks for none."""
        self._ledger.slow_down(_key(target), min(pause, self._limits.max_wait))

    def pause_before_retry(self, issue: Issue, attempt: int) -> float | None:
        """Seconds to wait before attempt number `attempt` (from 1), or None when asking again makes no sense."""
        passing = issue.code in PASSING or issue.facts.get("status") in PASSING_STATUS
        if not passing or attempt > self._limits.retries or issue.facts.get("remembered"):
            return None
        asked = issue.facts.get("retry_after")
        if asked is not None:
            return float(asked)
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

    @contextmanager
    def _trying(self, host: _Host, target: Target) -> Iterator[None]:
        """A host that was left alone is tried by one call; the others wait and then do as it has found."""
        with ExitStack() as stack:
            self._refuse_while_closed(host, target)
            if host.cause is not None:
                stack.enter_context(host.probe)
                self._refuse_while_closed(host, target)
                if host.cause is None:
                    stack.close()
            yield

    @contextmanager
    def _place(self, target: Target, manner: Manner) -> Iterator[None]:
        """One of the host's places among all workers; looked for again and again while there is none."""
        places = min(manner.places or self._limits.per_host, self._limits.per_host)
        while (place := self._ledger.take(_key(target), places)) is None:
            self._world.sleep(POLL * (1 + self._world.chance()))
        try:
            yield
        finally:
            self._ledger.give_back(_key(target), place)

    def _await_moment(self, target: Target, manner: Manner) -> None:
        own = self._guard.allows(target.host, target.port)
        interval = max(0.0 if own else self._limits.interval, manner.pause)
        while rest := self._ledger.moment(_key(target), interval):
            self._world.sleep(rest)

    def _note(self, host: _Host, target: Target, issue: Issue | None) -> None:
        """Remember how a call ended; any answer at all, even a refusal, means that somebody is there."""
        if issue is not None and issue.code == "host-busy" and (asked := issue.facts.get("retry_after")):
            self._ledger.hold(_key(target), asked)
        with host.lock:
            if issue is not None and issue.code == "host-busy-long":
                host.cause = issue
                host.closed_until = self._world.monotonic() + min(issue.facts["retry_after"], LONGEST_REST)
            elif issue is None or issue.code not in NOBODY_THERE | {"host-busy"}:
                host.failures, host.cause = 0, None
            elif issue.code in NOBODY_THERE:
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


def _key(target: Target) -> str:
    return f"{target.host}:{target.port}"
