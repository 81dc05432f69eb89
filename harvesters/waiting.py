"""Ends waits that no answer of ours can end: a driver that sits on its own connection looks up from it for nobody."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

log = logging.getLogger(__name__)

LOOK = 1.0  # seconds between two questions whether it is over


@contextmanager
def hanging_up(must_end: Callable[[], bool], hang_up: Callable[[], None]) -> Iterator[None]:
    """Hang up, again and again, once `must_end` answers True, in a thread of its own; asked every second until the end of the `with`."""
    over = threading.Event()

    def watch() -> None:
        while not over.wait(LOOK):
            try:
                if must_end():
                    hang_up()
            except Exception:  # noqa: BLE001 - the store may be away for a while; the watch must outlive that
                log.exception("a conversation could not be watched")

    thread = threading.Thread(target=watch, name="hanging-up", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
