"""What a process keeps of what it has read for the public, as long as the change log says that nothing of it has changed.

Only what everybody may see is kept, so that it does not matter who asks. Whoever takes from it first brings it up to date
in its own transaction: a dataset that was noted since is dropped, and so is all that was counted or listed over many (`common`).
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import Connection

from catalog.search.log import Mark, latest, since

SIZE = 48_000_000  # characters of the texts of one process
FOLLOWED = 2_000  # changes that are followed one by one; after more, everything is dropped
LISTS = 2_000  # things in common
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """A public dataset as the text of its package dict, with its mark (ETag), as it is said of the site at one address."""

    id: str
    name: str
    text: str
    etag: str
    address: str


class PublicTexts:
    """What one process keeps. Safe for many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._stands: tuple[Mark, date | None] = (Mark(), None)
        self._datasets: OrderedDict[str, Ready] = OrderedDict()
        self._names: dict[str, str] = {}
        self._size = 0
        self._common: dict[Hashable, Any] = {}

    def up_to_date(self, connection: Connection, day: date) -> View:
        """What lies ready, as the transaction of this connection sees the store on that day, or later."""
        mark = latest(connection)
        if (mark, day) != self._stands:
            before, known_day = self._stands
            changed = since(connection, before, FOLLOWED) if day == known_day else None
            with self._lock:
                if self._stands == (before, known_day):
                    self._drop(changed)
                    self._stands = mark, day
        return View(self, (mark, day))

    def _drop(self, ids: Iterable[str] | None) -> None:
        self._common.clear()
        for dataset_id in list(self._datasets) if ids is None else ids:
            self._take_off(dataset_id)

    def _take_off(self, dataset_id: str) -> None:
        gone = self._datasets.pop(dataset_id, None)
        if gone is not None:
            self._size -= len(gone.text)
            if self._names.get(gone.name) == dataset_id:
                del self._names[gone.name]

    def _put(self, ready: Ready) -> None:
        self._take_off(ready.id)
        self._datasets[ready.id] = ready
        self._names[ready.name] = ready.id
        self._size += len(ready.text)
        while self._size > SIZE:
            self._take_off(next(iter(self._datasets)))


class View:
    """What lies ready as one transaction takes from it and adds to it."""

    def __init__(self, kept: PublicTexts, stands: tuple[Mark, date | None]) -> None:
        self._kept, self._stands = kept, stands

    @property
    def mark(self) -> Mark:
        """The end of the change log as this transaction saw it."""
        return self._stands[0]

    def dataset(self, name_or_id: str, address: str) -> Ready | None:
        """A public dataset by its id or its name of now, if it lies ready for that address of the site."""
        kept = self._kept
        with kept._lock:
            ready = kept._datasets.get(name_or_id) or kept._datasets.get(kept._names.get(name_or_id, ""))
            if ready is None or ready.address != address:
                return None
            kept._datasets.move_to_end(ready.id)
            return ready

    def put(self, ready: Ready) -> None:
        """Keep a dataset that was read in this transaction; not where another has meanwhile seen a later state."""
        with self._kept._lock:
            if self._kept._stands == self._stands:
                self._kept._put(ready)

    def common(self, key: Hashable, read: Callable[[], Value]) -> Value:
        """What was made of many datasets, agencies and themes, made now if it is not there; nobody changes it."""
        kept = self._kept
        found = kept._common.get(key, kept)
        if found is kept:
            found = read()
            with kept._lock:
                if kept._stands == self._stands and len(kept._common) < LISTS:
                    kept._common[key] = found
        return found
