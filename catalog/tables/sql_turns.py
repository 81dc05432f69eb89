"""Whose query runs next: nobody's queries keep the others' waiting.

Queries of one asker run one after the other. Whoever had a long one within the last minute is after all others, and leaves one process
to them. Few may wait, for whoever waits here holds a thread that the pages need.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic

from catalog.tables.sql_words import halted

LONG, MEMORY = 1.0, 60.0  # seconds of a query that count as long, and for how many seconds they do
MAX_WAITING, MAX_WAITING_OF_ONE = 6, 2  # queries that wait for a process
_MAX_KNOWN = 10_000


@dataclass(frozen=True, slots=True, eq=False)
class _Waiter:
    asker: str


class Turns:
    """The turns of `size` processes; `patience` is for how many seconds one waits for one; `now` tells the seconds."""

    def __init__(self, size: int, *, patience: float, now: Callable[[], float] = monotonic) -> None:
        self._size, self._patience, self._now = size, patience, now
        self._changed = threading.Condition()
        self._running: Counter[str] = Counter()
        self._waiting: list[_Waiter] = []
        self._long: dict[str, float] = {}  # when the last long query of an asker ended

    @contextmanager
    def turn(self, asker: str) -> Iterator[None]:
        """A process is there for this asker's query. Raises what says that all are busy: at once where too many wait, else after the patience."""
        with self._changed:
            self._wait(asker)
            self._running[asker] += 1
        try:
            yield
        finally:
            with self._changed:
                self._running -= Counter([asker])
                self._changed.notify_all()

    def took(self, asker: str, seconds: float) -> None:
        """How long a query of the asker ran."""
        if seconds < LONG:
            return
        with self._changed:
            self._long.pop(asker, None)
            self._long[asker] = self._now()
            if len(self._long) > _MAX_KNOWN:
                del self._long[next(iter(self._long))]

    def _wait(self, asker: str) -> None:
        waiter = _Waiter(asker)
        self._waiting.append(waiter)
        try:
            if self._is_next(waiter):
                return
            own = sum(other.asker == asker for other in self._waiting)
            if len(self._waiting) > MAX_WAITING or own > MAX_WAITING_OF_ONE or not self._changed.wait_for(lambda: self._is_next(waiter), self._patience):
                raise halted("busy")
        finally:
            self._waiting.remove(waiter)
            self._changed.notify_all()

    def _is_next(self, waiter: _Waiter) -> bool:
        """Whether there is a process for it now, and nobody before it for whom there is one, too."""
        fitting = [other for other in self._waiting if self._fits(other.asker)]
        return bool(fitting) and min(fitting, key=lambda other: self._is_slow(other.asker)) is waiter

    def _fits(self, asker: str) -> bool:
        if self._running.total() >= self._size or asker in self._running:
            return False
        slow = sum(count for other, count in self._running.items() if self._is_slow(other))
        return not self._is_slow(asker) or slow < max(1, self._size - 1)

    def _is_slow(self, asker: str) -> bool:
        return asker in self._long and self._now() - self._long[asker] < MEMORY
