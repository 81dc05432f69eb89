"""Runs as they happen, over server-sent events: one look at the store each second for the whole process, told to every reader.

A stream holds a thread of the server, so only some may be open at a time and each ends after some minutes; the browser
comes back by itself. Who finds no room, or has no such browser, asks for `progress.json` now and then, or presses a button.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from catalog import runs
from catalog.models import Run
from catalog.site import Site

log = logging.getLogger(__name__)

LOOK = 1.0  # seconds between looks
HEARTBEAT = 10.0  # seconds of silence after which a comment is sent, so that a connection that is gone is noticed
LONGEST = 240.0  # seconds of one stream
STREAMS = 5  # open at a time in one process; `web.serving` sets it by its threads
ENDED = 50  # runs that have ended which a look still tells
RETRY = 3000  # milliseconds after which a browser comes back


@dataclass(frozen=True, slots=True)
class Seen:
    """One run at one look."""

    run: Run
    progress: runs.Progress
    counters: runs.Counters


@dataclass(frozen=True, slots=True)
class Look:
    """All runs that go on, and those that have ended since the looks began; `number` counts looks that saw something new."""

    number: int = 0
    seen: Mapping[str, Seen] = field(default_factory=dict)


class Live:
    """The looks of one process, and how many read them."""

    def __init__(self, site: Site, *, most: int = STREAMS, look: float = LOOK, heartbeat: float = HEARTBEAT) -> None:
        self._site, self.most, self._pause, self.heartbeat = site, most, look, heartbeat
        self._changed = threading.Condition()
        self._look, self._readers, self._closed = Look(), 0, False
        self._looker: threading.Thread | None = None

    def enter(self) -> bool:
        """Take a place; False where all are taken, or the server stops. Who enters must leave."""
        with self._changed:
            if self._closed or self._readers >= self.most:
                return False
            self._readers += 1
            if self._looker is None:
                self._look = Look()
                self._looker = threading.Thread(target=self._watch, name="runs-live", daemon=True)
                self._looker.start()
            return True

    def leave(self) -> None:
        """Give a place back; with the last one the looking ends."""
        with self._changed:
            self._readers -= 1
            self._changed.notify_all()

    def close(self) -> None:
        """End every stream; the server stops."""
        self._closed = True
        with self._changed:
            self._changed.notify_all()

    @property
    def closed(self) -> bool:
        return self._closed

    def next(self, after: int, wait: float) -> Look:
        """The newest look, as soon as it is newer than number `after`; the same one again when `wait` seconds have passed."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._look.number > after, timeout=wait)
            return self._look

    def _watch(self) -> None:
        """Look once a second, longer apart where a look takes long, until nobody reads any more."""
        while True:
            began = time.monotonic()
            try:
                self._see()
            except Exception:  # noqa: BLE001 - a store that is away for a moment must not end the looking
                log.exception("looking at the runs broke")
            with self._changed:
                pause = max(self._pause, 4 * (time.monotonic() - began))
                if self._changed.wait_for(lambda: self._closed or not self._readers, timeout=pause):
                    self._looker = None
                    return

    def _see(self) -> None:
        site, before = self._site, self._look
        going = [run_id for run_id, seen in before.seen.items() if not seen.progress.finished]
        with site.reading() as session:
            found = {run.id: run for run in runs.active_runs(session)}
            ended = [run_id for run_id in going if run_id not in found]
            found |= {run.id: run for run in session.scalars(select(Run).where(Run.id.in_(ended)))} if ended else {}
            counters, now = runs.counters(session, list(found)), site.clock.now()
            seen = {run.id: Seen(run, runs.progress(session, run, now), counters[run.id]) for run in found.values()}
        kept = dict([(run_id, one) for run_id, one in before.seen.items() if one.progress.finished and run_id not in seen][-ENDED:])
        with self._changed:
            if before.number == 0 or marks(seen) != marks({i: one for i, one in before.seen.items() if i in seen or not one.progress.finished}):
                self._look = Look(before.number + 1, {**kept, **seen})
                self._changed.notify_all()


def marks(seen: Mapping[str, Seen]) -> dict[str, Any]:
    """What of each run would be seen on a page; equal marks need no new words."""
    return {run_id: mark(one) for run_id, one in seen.items()}


def mark(one: Seen) -> tuple[Any, ...]:
    """What of one run would be seen on a page."""
    return (one.run.status, one.run.stage, one.run.cancel_requested, one.progress, sorted(one.counters.outcomes.items()),
            sorted(one.counters.severities.items()))


def stream(live: Live, tell: Callable[[Look], Iterator[tuple[str, Any]]], *, longest: float = LONGEST) -> Iterator[str]:
    """The events of one reader: what `tell` makes of each new look as (event, JSON), comments in between; ends after `longest` s."""
    yield f"retry: {RETRY}\n\n"
    end, number = time.monotonic() + longest, 0
    while not live.closed and (left := end - time.monotonic()) > 0:
        look = live.next(number, min(live.heartbeat, left))
        if look.number == number:
            yield ": \n\n"
            continue
        number = look.number
        for event, data in tell(look):
            yield f"event: {event}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
