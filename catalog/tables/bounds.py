"""An end for questions that take too long: one thread looks after all that run, and leaves when there are none."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

LOOKS = 0.25  # seconds between two looks, by which a question may take longer than it should


class Watch:
    """What runs in this process, each with the moment at which it is interrupted; for many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ends: dict[object, tuple[float, duckdb.DuckDBPyConnection]] = {}
        self._looking: threading.Thread | None = None

    @contextmanager
    def over(self, cursor: duckdb.DuckDBPyConnection, seconds: float) -> Iterator[None]:
        """Interrupt what the cursor does within the block after so many seconds; nothing that it does later."""
        mine = object()
        with self._lock:
            self._ends[mine] = time.monotonic() + seconds, cursor
            if self._looking is None or not self._looking.is_alive():
                self._looking = threading.Thread(target=self._look, daemon=True)
                self._looking.start()
        try:
            yield
        finally:
            with self._lock:
                del self._ends[mine]

    def _look(self) -> None:
        seen = True
        while True:
            time.sleep(LOOKS)
            with self._lock:
                now = time.monotonic()
                for end, cursor in self._ends.values():
                    if now >= end:
                        cursor.interrupt()
                if not self._ends and not seen:
                    self._looking = None
                    return
                seen = bool(self._ends)
