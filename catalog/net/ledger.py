"""Who may call a host now: a ledger of places and moments, of this process alone or of all processes of a machine.

A call takes one of a host's places, waits until its moment has come, and gives the place back. The moment is taken when
it has come, never reserved ahead, so that the pause between two calls is kept whichever process makes them. A place is
a lock that the operating system (here) or the database (`catalog.turns`) lets go when its holder dies: there is no lease
that could run out under a slow call, or block a host after a kill.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol


class Ledger(Protocol):
    """Places and moments of hosts; `host` is `name:port`, times are seconds."""

    def take(self, host: str, places: int) -> Any:
        """One of the host's first `places` places, to be given back; None while all are taken."""

    def give_back(self, host: str, place: Any) -> None:
        """The call is over."""

    def moment(self, host: str, interval: float) -> float:
        """0 where the host may be called now, and this is the call; else the seconds after which to ask again.

        Between two calls lie at least `interval`, and what the host itself asks for (`hold`, `slow_down`).
        """

    def hold(self, host: str, seconds: float) -> None:
        """Nobody calls the host for so long: it has asked for a pause."""

    def slow_down(self, host: str, pause: float) -> None:
        """Between two calls of anybody lies at least this pause from now on; 0 takes that back."""


@dataclass(frozen=True, slots=True)
class Turn:
    """When a host was last called, until when it wants no call, and the pause between calls that it asks for."""

    last: float = float("-inf")
    not_before: float = float("-inf")
    pause: float = 0.0

    def rest(self, now: float, interval: float) -> float:
        """Seconds until the next call may be made; 0 when it may be made now."""
        rest = max(self.last + max(interval, self.pause), self.not_before) - now
        return rest if rest > 1e-6 else 0.0  # what is left of rounding is no pause


class OwnLedger:
    """The ledger of one process: its places are what `Politeness` counts already, its moments are kept in memory."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._turns: dict[str, Turn] = {}
        self._lock = threading.Lock()

    def take(self, host: str, places: int) -> Any:
        return host

    def give_back(self, host: str, place: Any) -> None:
        """Nothing was taken."""

    def moment(self, host: str, interval: float) -> float:
        with self._lock:
            turn, now = self._turns.get(host, Turn()), self._monotonic()
            if rest := turn.rest(now, interval):
                return rest
            self._turns[host] = Turn(now, turn.not_before, turn.pause)
            return 0.0

    def hold(self, host: str, seconds: float) -> None:
        with self._lock:
            turn = self._turns.get(host, Turn())
            self._turns[host] = Turn(turn.last, max(turn.not_before, self._monotonic() + seconds), turn.pause)

    def slow_down(self, host: str, pause: float) -> None:
        with self._lock:
            turn = self._turns.get(host, Turn())
            self._turns[host] = Turn(turn.last, turn.not_before, pause)


class FileLedger:
    """The ledger of all processes of one machine, in a folder: a locked file for each place, one for a host's moments.

    Times are those of the machine's clock since its start, which all its processes share; what was written before the
    machine started last is passed over.
    """

    _FORM = struct.Struct("<4d")  # written at, last, not before, pause

    def __init__(self, folder: Path, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._folder, self._monotonic = folder, monotonic

    def take(self, host: str, places: int) -> Any:
        for number in range(places):
            descriptor = self._open(f"{_name(host)}.{number}")
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return descriptor
            except BlockingIOError:
                os.close(descriptor)
        return None

    def give_back(self, host: str, place: Any) -> None:
        fcntl.flock(place, fcntl.LOCK_UN)  # closing alone would leave it to a child that was forked meanwhile
        os.close(place)

    def moment(self, host: str, interval: float) -> float:
        with self._turn(host) as (descriptor, turn, now):
            rest = turn.rest(now, interval)
            if not rest:
                self._write(descriptor, Turn(now, turn.not_before, turn.pause), now)
            return rest

    def hold(self, host: str, seconds: float) -> None:
        with self._turn(host) as (descriptor, turn, now):
            self._write(descriptor, Turn(turn.last, max(turn.not_before, now + seconds), turn.pause), now)

    def slow_down(self, host: str, pause: float) -> None:
        with self._turn(host) as (descriptor, turn, now):
            self._write(descriptor, Turn(turn.last, turn.not_before, pause), now)

    @contextmanager
    def _turn(self, host: str) -> Iterator[tuple[int, Turn, float]]:
        """The host's moments, while nobody else reads or writes them."""
        descriptor = self._open(f"{_name(host)}.turn")
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            kept, now = os.pread(descriptor, self._FORM.size, 0), self._monotonic()
            written, last, not_before, pause = self._FORM.unpack(kept) if len(kept) == self._FORM.size else (now, *_NEVER)
            yield descriptor, Turn(last, not_before, pause) if written <= now else Turn(pause=pause), now
        finally:
            os.close(descriptor)

    def _write(self, descriptor: int, turn: Turn, now: float) -> None:
        os.pwrite(descriptor, self._FORM.pack(now, turn.last, turn.not_before, turn.pause), 0)

    def _open(self, name: str) -> int:
        try:
            return os.open(self._folder / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except FileNotFoundError:
            self._folder.mkdir(parents=True, exist_ok=True)
            return os.open(self._folder / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


_NEVER = (float("-inf"), float("-inf"), 0.0)


def _name(host: str) -> str:
    """A host as the name of a file; no part of what a source writes becomes one."""
    return hashlib.sha256(host.encode()).hexdigest()[:24]
